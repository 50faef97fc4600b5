import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { Call } from '@kodama/media-gateway/leg-metrics-store';
import { RedisLegMetricsStore } from '@kodama/media-gateway/redis-leg-metrics-store';
import { OPCODE, RawPeer } from '@kodama/media-gateway/testing';
import { connectRedis } from '@kodama/shared/redis';
import { memoryLogger } from '@kodama/shared/testing';
import { type Redis, startRedis } from '../support/containers.ts';
import { callIs, callsTo } from '../support/gateway-calls.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

let redis: Redis;

before(async () => {
  redis = await startRedis();
});

after(async () => {
  await redis?.[Symbol.asyncDispose]();
});

function startGateway(env: Record<string, string> = {}): Promise<Service> {
  return startService('media-gateway', { env: { REDIS_URL: redis.url, ...env } });
}

/** The call as it is in Redis, when no gateway is there any more. */
async function inRedis(id: string): Promise<Call | undefined> {
  const connection = connectRedis(redis.url, memoryLogger().logger);
  await once(connection, 'ready');
  try {
    return await new RedisLegMetricsStore(connection, { gatewayId: 'reader', leaseMs: 1, retentionMs: 1 }).find(id);
  } finally {
    connection.disconnect();
  }
}

/** Sends SIGTERM, and waits until the gateway has taken note of it. */
async function terminate(gateway: Service): Promise<void> {
  gateway.signal('SIGTERM');
  await gateway.logged('stopping');
}

describe('media-gateway, when it is told to stop', () => {
  it('takes no new call, lets a live one end by itself, and exits 0', async () => {
    await using gateway = await startGateway();
    await using exchange = await callsTo(gateway);
    const call = exchange.call();
    await callIs('live', gateway, call);
    await terminate(gateway);

    const { answer } = await RawPeer.connect(gateway.port);
    assert.equal(answer.status, 503);
    assert.equal(JSON.parse(answer.body).error.message, 'the gateway is stopping');
    const readiness = await fetch(`${gateway.url}/readyz`);
    assert.equal(readiness.status, 503);
    assert.equal(((await readiness.json()) as { state: string }).state, 'DRAINING');
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
    const framesIn = async () => (await callIs('live', gateway, call)).legs[0]?.framesIn ?? 0;
    const first = await framesIn();
    await until(async () => (await framesIn()) > first, { what: 'the call to go on' });

    const report = await call.hangUp();
    assert.equal(report.verdict, 'passed', report.problems.join());
    assert.deepEqual([report.closeCode, report.closedBy], [1000, 'caller']);
    assert.equal(await gateway.exited, 0);
    const [leg] = (await inRedis(call.legUuid))?.legs ?? [];
    assert.deepEqual([leg?.state, leg?.closedBy, leg?.framesOut], ['ended', 'peer', report.framesSent]);
  });

  it('closes what is live at the deadline with 1001, writes its record, and exits 0', async () => {
    await using gateway = await startGateway({ DRAIN_TIMEOUT_MS: '700' });
    await using exchange = await callsTo(gateway);
    const calls = [exchange.call(), exchange.call(), exchange.call()];
    for (const call of calls) await callIs('live', gateway, call);
    const began = performance.now();
    assert.equal(await gateway.stop(), 0);
    const tookMs = performance.now() - began;
    assert.ok(tookMs >= 700 && tookMs < 4000, `${tookMs} ms`);
    for (const call of calls) {
      const { closeCode, closeReason, closedBy, framesAltered } = await call.report;
      assert.deepEqual([closeCode, closeReason, closedBy], [1001, 'the gateway is stopping', 'application']);
      assert.equal(framesAltered, 0);
      const [leg] = (await inRedis(call.legUuid))?.legs ?? [];
      assert.deepEqual([leg?.state, leg?.closeCode, leg?.closedBy], ['ended', 1001, 'gateway']);
      assert.ok((leg?.framesOut ?? 0) > 0);
    }
  });

  it('exits at once, and 0, where no call is live', async () => {
    await using gateway = await startGateway();
    const began = performance.now();
    assert.equal(await gateway.stop(), 0);
    assert.ok(performance.now() - began < 1500);
    assert.deepEqual(gateway.complaints, []);
  });

  it('exits 1 at once when it is told a second time', async () => {
    await using gateway = await startGateway();
    await using exchange = await callsTo(gateway);
    const call = exchange.call();
    await callIs('live', gateway, call);
    await terminate(gateway);
    const began = performance.now();
    assert.equal(await gateway.stop(), 1);
    assert.ok(performance.now() - began < 1000);
    assert.equal((await call.report).closeCode, 1006);
  });

  it('does not wait for peers that answer no goodbye, nor for a Redis that hangs: records go to the log', async () => {
    await using gateway = await startGateway({ DRAIN_TIMEOUT_MS: '200' });
    const deaf = await RawPeer.connect(gateway.port);
    const uuid = crypto.randomUUID();
    deaf.send(OPCODE.TEXT, JSON.stringify({ event: 'websocket:connected', uuid }));
    deaf.send(OPCODE.BINARY, Buffer.alloc(640));
    await until(() => deaf.binary.length === 1, { what: 'the echo' });
    await redis.pause();
    try {
      const began = performance.now();
      assert.equal(await gateway.stop(), 0);
      assert.ok(performance.now() - began < 5000);
    } finally {
      await redis.unpause();
    }
    await deaf.gone;
    assert.equal(deaf.closeCode, 1001);
    const records = gateway.logs.filter(({ record }) => record).map(({ record }) => record as Call['legs'][number]);
    assert.deepEqual(
      records.map((leg) => [leg.legUuid, leg.framesOut, leg.closeCode]),
      [[uuid, 1, 1001]],
    );
  });
});
