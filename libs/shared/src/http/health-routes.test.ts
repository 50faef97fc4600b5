import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Lifecycle } from '../lifecycle/lifecycle.ts';
import { memoryLogger, serve } from '../testing/index.ts';
import type { ReadinessCheck } from './health-routes.ts';
import { createHttpApp } from './http-app.ts';

async function setup(t: TestContext, checks: Record<string, ReadinessCheck> = {}) {
  const { logger } = memoryLogger();
  const lifecycle = new Lifecycle(logger);
  const server = await serve(createHttpApp({ logger, lifecycle, checks, routes: [] }));
  t.after(() => server[Symbol.asyncDispose]());
  const get = async (path: string) => {
    const response = await fetch(server.url + path);
    return { status: response.status, body: (await response.json()) as { checks?: unknown } };
  };
  return { lifecycle, get };
}

describe('/healthz', () => {
  it('is 200 as long as the process serves, ready or not', async (t) => {
    const { lifecycle, get } = await setup(t, { redis: () => Promise.reject(new Error('away')) });
    assert.deepEqual(await get('/healthz'), { status: 200, body: { status: 'ok' } });
    await lifecycle.stop();
    assert.equal((await get('/healthz')).status, 200);
  });
});

describe('/readyz', () => {
  it('is 200 in READY only', async (t) => {
    const { lifecycle, get } = await setup(t);
    assert.deepEqual(await get('/readyz'), {
      status: 503,
      body: { status: 'not ready', state: 'STARTING', checks: {} },
    });
    lifecycle.ready();
    assert.deepEqual(await get('/readyz'), { status: 200, body: { status: 'ready', state: 'READY', checks: {} } });
    await lifecycle.stop();
    assert.equal((await get('/readyz')).status, 503);
  });

  it('names each dependency, and what is wrong with it', async (t) => {
    const { lifecycle, get } = await setup(t, {
      nats: async () => {},
      redis: () => Promise.reject(new Error('connection refused')),
    });
    lifecycle.ready();
    const { status, body } = await get('/readyz');
    assert.equal(status, 503);
    assert.deepEqual(body.checks, { nats: 'ok', redis: 'connection refused' });
  });

  it('takes a check that throws at once for one that fails', async (t) => {
    const { lifecycle, get } = await setup(t, {
      nats: () => {
        throw new Error('not connected');
      },
    });
    lifecycle.ready();
    assert.deepEqual((await get('/readyz')).body.checks, { nats: 'not connected' });
  });

  it('gives a check that does not answer one second', async (t) => {
    const { lifecycle, get } = await setup(t, { nats: () => new Promise(() => {}) });
    lifecycle.ready();
    const { status, body } = await get('/readyz');
    assert.equal(status, 503);
    assert.deepEqual(body.checks, { nats: 'no answer within 1000 ms' });
  });
});
