import { Router } from 'express';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { withDeadline } from '../time/deadline.ts';

/** Rejects with a reason when a dependency does not answer. */
export type ReadinessCheck = () => Promise<void>;

/** Longest that a dependency may take to answer a readiness check, ms. */
const CHECK_TIMEOUT_MS = 1000;

/**
 * `/healthz`: 200 while the process serves at all. `/readyz`: 200 only in READY and while every dependency answers, else
 * 503; the body names each dependency and what is wrong with it.
 */
export function healthRoutes(lifecycle: Lifecycle, checks: Readonly<Record<string, ReadinessCheck>>): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const),
    );
    const ready = lifecycle.state === 'READY' && results.every(([, result]) => result === 'ok');
    res.status(ready ? 200 : 503).json({
      status: ready ? 'ready' : 'not ready',
      state: lifecycle.state,
      checks: Object.fromEntries(results),
    });
  });
  return router;
}

async function outcome(check: ReadinessCheck): Promise<string> {
  try {
    await withDeadline(check(), CHECK_TIMEOUT_MS);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
