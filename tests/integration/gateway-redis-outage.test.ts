import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Call } from '@kodama/media-gateway/leg-metrics-store';
import type { CallReport } from '@kodama/simulator';
import { type BadLink, startNetwork, startRedis, startToxiproxy } from '../support/containers.ts';
import { callIs, callsTo, getCall } from '../support/gateway-calls.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

/** Figures soon; and a machine that is busy with other tests makes no handler slow. */
const FAST = { METRICS_FLUSH_INTERVAL_MS: '300', LEASE_MS: '2500', HANDLER_SLOW_MS: '10000' };

/** What a caller must have had of a call, whatever Redis did meanwhile. */
function assertUndisturbed(report: CallReport): void {
  assert.deepEqual(report.problems, []);
  assert.equal(report.framesEchoed, report.framesSent);
  assert.ok(report.framesSent > 0);
}

/** A record that lacks nothing. */
function assertComplete(call: Call, report: CallReport): void {
  const [leg] = call.legs;
  assert.equal(call.conversationUuid, report.conversationUuid);
  assert.equal(leg?.state, 'ended');
  assert.deepEqual([leg.framesIn, leg.framesOut], [report.framesSent, report.framesSent]);
  assert.deepEqual([leg.bytesIn, leg.bytesOut], [report.framesSent * 640, report.framesSent * 640]);
  assert.deepEqual([leg.closeCode, leg.closedBy, leg.sampleRateHz], [1000, 'peer', 16000]);
  assert.ok(
    leg.endedAt !== null && Math.abs(Date.parse(leg.endedAt) - Date.parse(leg.startedAt) - leg.durationMs) <= 1,
  );
}

/** The lines about Redis and what is written to it, and any other that would worry somebody; a 404 is what we ask for. */
function linesOfOutage({ logs, complaints }: Service): unknown[] {
  const about = /^(redis|metrics) /;
  const lines = logs.filter((line) => about.test(line.msg ?? '') || complaints.includes(line));
  return lines.filter(({ code }) => code !== 'CALL_NOT_FOUND').map(({ msg }) => msg);
}

const outages: readonly [string, (link: BadLink) => Promise<void>, readonly string[], readonly string[]][] = [
  [
    'is cut off',
    (link) => link.cut(),
    ['redis is away: calls go on, their records wait here', 'metrics cannot be written'],
    ['redis is back', 'metrics are written again'],
  ],
  [
    'takes longer than a command may',
    (link) => link.slow(1500),
    ['metrics cannot be written'],
    ['metrics are written again'],
  ],
  [
    'takes everything and answers nothing',
    (link) => link.stall(),
    ['metrics cannot be written', 'redis is away: calls go on, their records wait here'],
    ['redis is back', 'metrics are written again'],
  ],
];

describe('media-gateway, when Redis', () => {
  for (const [what, fail, linesOfLoss, linesOfReturn] of outages) {
    it(`${what}: the audio does not notice, and every call’s record is complete afterwards`, async () => {
      await using network = await startNetwork();
      await using _redis = await startRedis({ network });
      await using toxiproxy = await startToxiproxy(network);
      const link = await toxiproxy.link('redis', 6379);
      const env = { ...FAST, REDIS_URL: `redis://${link.host}:${link.port}` };
      await using gateway = await startService('media-gateway', { env });
      await using exchange = await callsTo(gateway);

      const before = exchange.call();
      const endsMeanwhile = exchange.call();
      await callIs('live', gateway, before);
      await callIs('live', gateway, endsMeanwhile);

      await fail(link);
      const inside = exchange.call(2);
      await gateway.logged('metrics cannot be written');
      const beginsMeanwhile = exchange.call();
      const ended = [endsMeanwhile, inside];
      const reports = [await endsMeanwhile.hangUp(), await inside.report];
      assert.equal((await fetch(`${gateway.url}/readyz`)).status, 503);
      assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
      await until(() => linesOfLoss.every((line) => linesOfOutage(gateway).includes(line)), {
        what: 'the loss to be in the log',
      });

      await link.heal();
      await gateway.logged('metrics are written again', 20_000);
      for (const [index, call] of ended.entries()) {
        const report = reports[index] as CallReport;
        assertUndisturbed(report);
        assertComplete(await callIs('ended', gateway, call), report);
      }
      for (const call of [before, beginsMeanwhile]) {
        await callIs('live', gateway, call);
        const framesIn = async () => (await getCall(gateway, call.legUuid))?.legs[0]?.framesIn ?? 0;
        const first = await framesIn();
        await until(async () => (await framesIn()) > first, { what: 'its figures to go on' });
        const report = await call.hangUp();
        assertUndisturbed(report);
        assertComplete(await callIs('ended', gateway, call), report);
      }
      assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200);
      assert.deepEqual(
        linesOfOutage(gateway)
          .filter((line) => line !== 'redis is connected')
          .toSorted(),
        [...linesOfLoss, ...linesOfReturn].toSorted(),
      );
      assert.equal(await gateway.stop(), 0);
    });
  }

  it('is away at the start: sockets are served, and it is ready when Redis comes', async () => {
    await using redis = await startRedis();
    await redis.stop();
    const env = { ...FAST, REDIS_URL: redis.url };
    await using gateway = await startService('media-gateway', { env, waitFor: '/healthz' });
    await using exchange = await callsTo(gateway);
    const call = exchange.call(1);
    const report = await call.report;
    assertUndisturbed(report);
    assert.equal((await fetch(`${gateway.url}/readyz`)).status, 503);
    const refused = await fetch(`${gateway.url}/calls`);
    assert.equal(refused.status, 503);
    assert.equal(((await refused.json()) as { error: { code: string } }).error.code, 'STORE_UNAVAILABLE');

    await redis.start();
    await until(async () => (await fetch(`${gateway.url}/readyz`)).ok, { what: 'the gateway to be ready' });
    assertComplete(await callIs('ended', gateway, call), report);
    assert.equal(await gateway.stop(), 0);
  });

  it('goes down and comes back: it has what it had, and gets what it missed', async () => {
    await using redis = await startRedis();
    await using gateway = await startService('media-gateway', { env: { ...FAST, REDIS_URL: redis.url } });
    await using exchange = await callsTo(gateway);
    const early = exchange.call(0.5);
    const live = exchange.call();
    const reports = new Map([[early, await early.report]]);
    await callIs('ended', gateway, early);
    await callIs('live', gateway, live);
    await redis.stop();
    const missed = exchange.call(0.5);
    reports.set(missed, await missed.report);
    await redis.start();
    await gateway.logged('redis is back');
    reports.set(live, await live.hangUp());
    for (const [call, report] of reports) {
      assertUndisturbed(report);
      assertComplete(await callIs('ended', gateway, call), report);
    }
  });
});

describe('media-gateway, when it is killed', () => {
  it('leaves its live call to be shown as lost by any other gateway, with its last figures', async () => {
    await using redis = await startRedis();
    const env = { ...FAST, REDIS_URL: redis.url, GATEWAY_ID: 'gateway-1' };
    await using gateway = await startService('media-gateway', { env });
    await using other = await startService('media-gateway', { env });
    await using exchange = await callsTo(gateway);
    const call = exchange.call();
    await callIs('live', other, call);
    await until(async () => ((await getCall(other, call.legUuid))?.legs[0]?.framesIn ?? 0) > 0, {
      what: 'its figures',
    });
    assert.equal(await gateway.stop('SIGKILL'), 'SIGKILL');
    const lost = await callIs('lost', other, call);
    assert.ok((lost.legs[0]?.framesIn ?? 0) > 0);
    assert.equal(lost.legs[0]?.endedAt, null);
    const report = await call.report;
    assert.equal(report.closeCode, 1006);

    // One that comes after it under the same name does not bring the call back to life.
    await using _successor = await startService('media-gateway', { env });
    assert.equal((await getCall(other, call.legUuid))?.state, 'lost');
  });
});
