import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { frame, VonageEnd } from '@kodama/media-gateway/testing';
import { type Redis, startRedis } from '../support/containers.ts';
import { callIs } from '../support/gateway-calls.ts';
import { besideAnEcho } from '../support/neighbour.ts';
import { memoryOf } from '../support/process-memory.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

const FAILED = 'the handler failed';

let redis: Redis;
let gateway: Service;

before(async () => {
  redis = await startRedis();
  const env = {
    REDIS_URL: redis.url,
    HANDLER_MODULES: './tests/fixtures/faulty-handlers.ts',
    HANDLER_SLOW_MS: '100',
    DRAIN_TIMEOUT_MS: '300',
  };
  gateway = await startService('media-gateway', { env });
});

after(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

async function callOf(handler: string) {
  const legUuid = crypto.randomUUID();
  const end = await VonageEnd.open(gateway.port);
  end.connected({ uuid: legUuid, handler });
  return { legUuid, end };
}

async function recordOf(call: { legUuid: string }) {
  const [leg] = (await callIs('ended', gateway, call)).legs;
  assert.ok(leg);
  return leg;
}

function linesOf({ legUuid }: { legUuid: string }, message: string) {
  return gateway.logs.filter((line) => line.legUuid === legUuid && line.msg === message);
}

/** A log line comes by a pipe of its own, and may be behind the record. */
async function oneLineOf(call: { legUuid: string }, message: string) {
  await until(() => linesOf(call, message).length > 0, { what: 'the line' });
  const [line, ...others] = linesOf(call, message);
  assert.deepEqual(others, []);
  return line as NonNullable<typeof line>;
}

/** What falls due between the caller's goodbye and the gateway's answer is counted, and goes nowhere. */
function assertSent(framesOut: number, { frames }: VonageEnd): void {
  assert.ok(framesOut >= frames.length && framesOut <= frames.length + 5, `${framesOut} and ${frames.length} frames`);
}

function press(end: VonageEnd): void {
  end.text({ event: 'websocket:dtmf', digit: '1', duration: 100 });
}

describe('media-gateway, with a handler that', () => {
  const failures = [
    ['throws in onStart', 'throws-in-on-start', /^boom$/],
    ['throws in onAudio', 'throws-in-on-audio', /^boom$/],
    ['throws in a timer', 'throws-in-a-timer', /^boom$/],
    ['leaves a rejection to nobody', 'rejects-unheard', /^boom$/],
    ['opens a file that is not there, and listens to no error', 'emits-an-error', /ENOENT/],
    ['connects to a service that is down, and listens to no error', 'is-refused', /ECONNREFUSED/],
  ] as const;
  for (const [what, handler, message] of failures) {
    it(`${what}: ends that call with 1011, counts and logs it, and no other call notices`, async () => {
      await besideAnEcho(gateway, async () => {
        const call = await callOf(handler);
        call.end.audio(frame(640));
        assert.deepEqual(await call.end.closed, { code: 1011, reason: FAILED });
        const leg = await recordOf(call);
        assert.deepEqual([leg.handler, leg.handlerErrorCount], [handler, 1]);
        assert.deepEqual([leg.closeCode, leg.closeReason, leg.closedBy], [1011, FAILED, 'gateway']);
        const line = await oneLineOf(call, FAILED);
        assert.equal(line.handler, handler);
        assert.match((line.err as Error | undefined)?.message ?? '', message);
      });
    });
  }

  it('throws again and again from an interval that it leaves: ends that call, says it three times, and goes on', async () => {
    let call: Awaited<ReturnType<typeof callOf>> | undefined;
    await besideAnEcho(gateway, async () => {
      call = await callOf('leaks-a-throwing-interval');
      assert.deepEqual(await call.end.closed, { code: 1011, reason: FAILED });
      const leg = await recordOf(call);
      assert.ok(leg.handlerErrorCount >= 1);
      assert.equal(leg.closeCode, 1011);
    });
    // The neighbour has had half a second since, and the interval 50 turns.
    await until(() => linesOf(call as { legUuid: string }, FAILED).length === 3, { what: 'three lines' });
  });

  it('leaves an interval that writes: the call ends when it is hung up, and nothing is sent after that', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('leaks-an-interval');
      await until(() => call.end.frames.length >= 10, { what: 'its audio' });
      await call.end.hangUp();
      const leg = await recordOf(call);
      assert.deepEqual([leg.closeCode, leg.closedBy, leg.handlerErrorCount], [1000, 'peer', 0]);
      assertSent(leg.framesOut, call.end);
    });
  });

  it('never comes to its end: the call’s record does, and a line tells of it', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('never-ends');
      await call.end.settled();
      await call.end.hangUp();
      const leg = await recordOf(call);
      assert.deepEqual([leg.closeCode, leg.closedBy, leg.handlerErrorCount], [1000, 'peer', 0]);
      await oneLineOf(call, 'the handler takes too long to end its call');
    });
  });

  it('blocks for 200 ms: is counted as slow, and every other call goes on when it is done', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('blocks');
      press(call.end);
      await call.end.echoes(frame(640, 1), frame(640, 2));
      await call.end.hangUp();
      const leg = await recordOf(call);
      assert.ok(leg.handlerMaxMs >= 200 && leg.handlerSlowCount >= 1, `${leg.handlerMaxMs} ms`);
      assert.deepEqual([leg.closeCode, leg.handlerErrorCount], [1000, 0]);
      await oneLineOf(call, 'the handler keeps all calls of this process waiting');
    });
  });

  it('writes an hour of audio at once: plays 30 s of it, counts the rest, and keeps no more in memory', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('floods');
      await call.end.settled();
      const beforeMb = memoryOf(gateway);
      press(call.end);
      await until(() => call.end.frames.length >= 20, { what: 'its audio' });
      const grownMb = memoryOf(gateway) - beforeMb;
      assert.ok(grownMb < 50, `${grownMb} MB more`);
      await call.end.hangUp();
      const leg = await recordOf(call);
      // Of 180,000 frames 1,500 may be queued, and a few have gone out meanwhile.
      assert.ok(leg.framesShed > 178_400 && leg.framesShed <= 178_500, `${leg.framesShed} frames shed`);
      assertSent(leg.framesOut, call.end);
      assert.deepEqual([leg.closeCode, leg.handlerErrorCount], [1000, 0]);
      await oneLineOf(call, 'more audio is queued than may be: thrown away');
    });
  });

  it('is one of these: stops in time, and exits 0, also while they have calls', async () => {
    assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200);
    const calls = [await callOf('never-ends'), await callOf('leaks-an-interval'), await callOf('floods')];
    for (const { end } of calls) {
      press(end);
      await end.settled();
    }
    const began = performance.now();
    assert.equal(await gateway.stop(), 0);
    const tookMs = performance.now() - began;
    // `onEnd` is waited for, and for no longer than 2 s.
    assert.ok(tookMs >= 2000 && tookMs < 6000, `${tookMs} ms`);
    for (const { end } of calls) assert.equal((await end.closed).code, 1001);
    assert.equal(gateway.stderr, '');
    assert.deepEqual(
      gateway.logs.filter(({ level, msg }) => level === 'fatal' || (level === 'error' && msg !== FAILED)),
      [],
    );
  });
});
