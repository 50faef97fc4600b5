import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { readStereoWav } from '@kodama/handler-kit/testing';
import { type Redis, startRedis } from '../support/containers.ts';
import { runsOf } from '../support/sample-runs.ts';
import { type Service, startService } from '../support/services.ts';
import { TalkingCaller } from '../support/talking-caller.ts';
import { until } from '../support/wait.ts';

const FRAME_MS = 20;

/** A frame stands in the file up to 60 ms from its time, and what the end of the call cuts in two counts as missing. */
const CUT_AT_END_MS = 100;

/** Half a second is written at a time, half a second later, and some of it is on its way. */
const LOST_AT_KILL_MS = 1500;

let redis: Redis;
let directory = '';

before(async () => {
  redis = await startRedis();
});

after(async () => {
  await redis?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kodama-recordings-'));
});

afterEach(() => rm(directory, { recursive: true }));

function startGateway(env: Record<string, string> = {}): Promise<Service> {
  const recordings = { RECORDINGS_DIR: directory, RECORDINGS_MIN_FREE_MB: '0' };
  return startService('media-gateway', { env: { REDIS_URL: redis.url, ...recordings, ...env } });
}

/** Where the call's recording is. */
async function fileOf({ conversationUuid }: TalkingCaller): Promise<string> {
  const names = (await readdir(directory)).filter((name) => name.includes(`_${conversationUuid}_`));
  assert.equal(names.length, 1);
  return join(directory, names[0] as string);
}

/** Waits until there are so many seconds of audio in the call's file. */
async function hasSeconds(caller: TalkingCaller, seconds: number): Promise<void> {
  const bytes = seconds * caller.sampleRateHz * 4;
  await until(async () => (await stat(await fileOf(caller))).size >= bytes, { what: `${seconds} s to be recorded` });
}

/**
 * Asserts that both sides of a file have the caller's frames from the first one on, each whole and in its place, and that
 * of those that the gateway has had no more than so much is missing at the end.
 */
function assertHolds(file: Buffer, caller: TalkingCaller, mostMissingMs: number): void {
  const { sampleRateHz, left, right } = readStereoWav(file);
  assert.equal(sampleRateHz, caller.sampleRateHz);
  const samples = (sampleRateHz / 1000) * FRAME_MS;
  // An echo goes out as the frame comes in: what came back is what was there.
  const { echoed } = caller;
  assert.deepEqual(
    echoed,
    echoed.map((_, index) => index + 1),
  );
  for (const [side, runs] of Object.entries({ left: runsOf(left), right: runsOf(right) })) {
    const whole = runs.filter((run) => run.samples === samples);
    assert.deepEqual(
      runs.slice(0, whole.length),
      whole.map((_, index) => ({ value: index + 1, samples })),
      side,
    );
    assert.ok(runs.length <= whole.length + 1, side);
    const missingMs = (echoed.length - whole.length) * FRAME_MS;
    assert.ok(missingMs >= 0 && missingMs <= mostMissingMs, `${side}: ${missingMs} ms are missing`);
  }
}

describe('a recording of media-gateway', () => {
  it('is finished when the gateway is told to stop, and holds all up to the end of the call', async () => {
    await using gateway = await startGateway({ DRAIN_TIMEOUT_MS: '700' });
    const callers = await Promise.all(
      ([8000, 16_000, 24_000] as const).map((sampleRateHz) =>
        TalkingCaller.call(gateway.port, { handler: 'recorder', sampleRateHz }),
      ),
    );
    for (const caller of callers) await hasSeconds(caller, 1.5);
    const sentBefore = callers.map(({ sent }) => sent);
    assert.equal(await gateway.stop(), 0);

    const recorded = gateway.logs.filter(({ msg }) => msg === 'the call was recorded');
    assert.equal(recorded.length, callers.length);
    for (const [index, caller] of callers.entries()) {
      assert.deepEqual(await caller.end.closed, { code: 1001, reason: 'the gateway is stopping' });
      // The call went on for as long as it was let.
      assert.ok(caller.echoed.length >= (sentBefore[index] ?? 0) + 25, `${caller.echoed.length} frames`);
      const path = await fileOf(caller);
      const file = await readFile(path);
      assertHolds(file, caller, CUT_AT_END_MS);
      assert.equal(readStereoWav(file).bytesBehind, 0);
      const line = recorded.find(({ legUuid }) => legUuid === caller.legUuid);
      assert.deepEqual(
        [line?.file, line?.bytes, line?.endedBy, line?.callerCutMs, line?.oursLeftOutMs, line?.unwrittenMs],
        [path.slice(directory.length + 1), file.length, 'call', 0, 0, 0],
      );
    }
  });

  it('is a good file that lacks a second and a half at most when the gateway is killed in mid-call', async (t) => {
    await using gateway = await startGateway();
    const callers: TalkingCaller[] = [];
    // One after the other, so that the kill meets each of them at another place between two writes.
    for (let count = 0; count < 4; count++) {
      const caller = await TalkingCaller.call(gateway.port, { handler: 'recorder' });
      callers.push(caller);
      await caller.hears(6);
    }
    for (const caller of callers) await hasSeconds(caller, 2);
    // What the first of them said from 3.5 s on is about to be written.
    await callers[0]?.hears(4480 / FRAME_MS);
    assert.equal(await gateway.stop('SIGKILL'), 'SIGKILL');

    for (const caller of callers) {
      assert.equal((await caller.end.closed).code, 1006);
      const file = await readFile(await fileOf(caller));
      const { left, bytesBehind } = readStereoWav(file);
      t.diagnostic(
        `of ${caller.echoed.length * FRAME_MS} ms ${left.length / 16} are there; ${bytesBehind} bytes behind`,
      );
      assertHolds(file, caller, LOST_AT_KILL_MS);
      assert.ok(left.length >= 2 * caller.sampleRateHz);
      // One write at most had not been told of in the header.
      assert.ok(bytesBehind <= caller.sampleRateHz * 2, `${bytesBehind} bytes`);
    }
  });
});
