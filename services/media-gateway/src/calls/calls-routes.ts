import { AppError } from '@kodama/shared/errors';
import { onlyMethods } from '@kodama/shared/http';
import { requestTracing } from '@kodama/shared/telemetry';
import { context, type Tracer } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { type Request, Router } from 'express';
import { type CallReader, decodeCursor, type PageCursor } from '../metrics/leg-metrics-store.ts';
import { findCall } from './find-call.ts';
import type { TimelineReader } from './timeline-reader.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/**
 * `GET /calls?limit=50&cursor=…`: live and ended calls of all gateways, newest first.
 * `GET /calls/{conversation or leg id}`: one call, with the timeline that its events make.
 */
export function callsRoutes(calls: CallReader, timelines: TimelineReader, tracer: Tracer): Router {
  // Of no call in particular: a trace of its own.
  const tracing = requestTracing(tracer, () => undefined);
  const router = Router();
  router.all(['/calls', '/calls/:id'], onlyMethods('GET'));
  router.get('/calls', tracing.arrival, tracing.span, async (req, res) => {
    const page = pageOf(req);
    res.setHeader('cache-control', 'no-store').json(await untraced(() => calls.list(page)));
  });
  router.get('/calls/:id', tracing.arrival, tracing.span, async (req: Request<{ id: string }>, res) => {
    const call = await untraced(() => findCall(req.params.id, { calls, timelines }));
    if (!call) throw new AppError('not-found', 'CALL_NOT_FOUND', 'no call with this conversation or leg id is kept');
    res.setHeader('cache-control', 'no-store').json(call);
  });
  return router;
}

/** A page takes hundreds of commands. Their spans would push those of the calls themselves out of the exporter's queue. */
function untraced<T>(read: () => Promise<T>): Promise<T> {
  return context.with(suppressTracing(context.active()), read);
}

function pageOf(req: Request): { limit: number; cursor?: PageCursor } {
  const { limit = String(DEFAULT_LIMIT), cursor: cursorText } = req.query;
  if (typeof limit !== 'string' || !/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT) {
    throw new AppError('bad-request', 'BAD_LIMIT', `limit must be a whole number from 1 to ${MAX_LIMIT}`);
  }
  if (cursorText === undefined) return { limit: Number(limit) };
  const cursor = typeof cursorText === 'string' ? decodeCursor(cursorText) : undefined;
  if (!cursor) throw new AppError('bad-request', 'BAD_CURSOR', 'cursor must be the nextCursor of a page before');
  return { limit: Number(limit), cursor };
}
