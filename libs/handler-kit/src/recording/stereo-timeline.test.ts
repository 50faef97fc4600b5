import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import fc from 'fast-check';
import { StereoTimeline } from './stereo-timeline.ts';

const format = audioFormat(8000);
const SAMPLES_PER_MS = 8;

/** A frame in which every sample is this. */
const frame = (value: number): Buffer => Buffer.from(new Int16Array(160).fill(value).buffer);

/** Takes so many ms: for each of them its first samples, left and right. */
function takeMs(timeline: StereoTimeline, ms: number): { left: number[]; right: number[] } {
  const block = new Int16Array(ms * SAMPLES_PER_MS * 2).fill(9999);
  timeline.take(block, ms * SAMPLES_PER_MS);
  const side = (channel: number) => Array.from({ length: ms }, (_, k) => block[k * 16 + channel] as number);
  return { left: side(0), right: side(1) };
}

/** The stretches of one value, in ms. */
function stretches(values: readonly number[]): [value: number, fromMs: number, toMs: number][] {
  const found: [number, number, number][] = [];
  for (const [at, value] of values.entries()) {
    const last = found.at(-1);
    if (last?.[0] === value) last[2] = at + 1;
    else found.push([value, at, at + 1]);
  }
  return found;
}

const settledMs = (timeline: StereoTimeline, nowMs: number) => timeline.settled(nowMs) / SAMPLES_PER_MS;

/** Hands over the caller's frames 1, 2, 3, … at these times and takes what is settled before each; gives back all of the left. */
function recordCaller(arrivals: readonly number[], lengthMs: number): { values: number[]; timeline: StereoTimeline } {
  const timeline = new StereoTimeline(format);
  const values: number[] = [];
  for (const [k, arrivedMs] of arrivals.entries()) {
    while (settledMs(timeline, arrivedMs) >= 500) values.push(...takeMs(timeline, 500).left);
    timeline.caller(frame(k + 1), arrivedMs);
  }
  values.push(...takeMs(timeline, lengthMs - values.length).left);
  return { values, timeline };
}

/** When frame k is said, if there is one every 20 ms, and when it arrives if the wire stands still in these stretches. */
function arrivalsOf(count: number, stalls: readonly { fromMs: number; toMs: number }[]): number[] {
  return Array.from(
    { length: count },
    (_, k) => stalls.find((s) => k * 20 > s.fromMs && k * 20 < s.toMs)?.toMs ?? k * 20,
  );
}

describe('StereoTimeline', () => {
  it('has the caller on the left where he came and ours on the right where it is heard', () => {
    const timeline = new StereoTimeline(format);
    timeline.caller(frame(1), 100);
    timeline.ours(frame(2), 300);
    timeline.ours(frame(3), 320);
    timeline.caller(frame(4), 200);
    const { left, right } = takeMs(timeline, 400);
    assert.deepEqual(stretches(left), [
      [0, 0, 100],
      [1, 100, 120],
      [0, 120, 200],
      [4, 200, 220],
      [0, 220, 400],
    ]);
    assert.deepEqual(stretches(right), [
      [0, 0, 300],
      [2, 300, 320],
      [3, 320, 340],
      [0, 340, 400],
    ]);
  });

  it('leaves out what of ours was cleared before it was heard', () => {
    const timeline = new StereoTimeline(format);
    for (let k = 0; k < 50; k++) timeline.ours(frame(1), k * 20);
    timeline.clearOurs(430);
    timeline.ours(frame(2), 600);
    assert.deepEqual(stretches(takeMs(timeline, 1000).right), [
      [1, 0, 430],
      [0, 430, 600],
      [2, 600, 620],
      [0, 620, 1000],
    ]);
  });

  it('has settled half a second ago what the caller has reached', () => {
    const timeline = new StereoTimeline(format);
    for (let k = 0; k < 100; k++) timeline.caller(frame(1), k * 20);
    assert.equal(settledMs(timeline, 500), 0);
    assert.equal(settledMs(timeline, 1980), 1480);
    takeMs(timeline, 480);
    assert.equal(settledMs(timeline, 1980), 1000);
    assert.equal(timeline.rest(1980) / SAMPLES_PER_MS, 1500);
  });

  it('waits two seconds for a caller who stalls, and no longer', () => {
    const timeline = new StereoTimeline(format);
    for (let k = 0; k < 50; k++) timeline.caller(frame(1), k * 20);
    assert.equal(settledMs(timeline, 1500), 1000);
    assert.equal(settledMs(timeline, 3000), 1000);
    assert.equal(settledMs(timeline, 3001), 1001);
  });

  it('keeps a gap open for half a second of even audio after it, as a burst may fill it', () => {
    const timeline = new StereoTimeline(format);
    timeline.caller(frame(1), 0);
    timeline.caller(frame(2), 1000);
    for (let at = 1020; at < 1500; at += 20) timeline.caller(frame(3), at);
    assert.equal(settledMs(timeline, 1500), 20);
    timeline.caller(frame(4), 1500);
    assert.equal(settledMs(timeline, 1500), 1000);
  });

  it('makes even speech of a stall and the burst after it', () => {
    const { values, timeline } = recordCaller(arrivalsOf(300, [{ fromMs: 1000, toMs: 2900 }]), 6000);
    assert.deepEqual(
      stretches(values),
      Array.from({ length: 300 }, (_, k) => [k + 1, k * 20, (k + 1) * 20]),
    );
    assert.equal(timeline.cutMs, 0);
  });

  it('cuts what was held up for longer than it waits, and has all that comes later in its time', () => {
    const { values, timeline } = recordCaller(arrivalsOf(400, [{ fromMs: 1000, toMs: 5000 }]), 8000);
    const found = stretches(values);
    const silence = found.find(([value]) => value === 0);
    assert.deepEqual(silence?.slice(0, 2), [0, 1020]);
    const lostMs = (silence?.[2] ?? 0) - 1020;
    // Silence was given out until two seconds before the burst came; a block more may wait to be taken.
    assert.ok(lostMs >= 1480 && lostMs <= 1980, `${lostMs} ms`);
    for (const [value, fromMs] of found) {
      if (value !== 0 && fromMs > 1020 + lostMs) {
        assert.ok(fromMs - (value - 1) * 20 >= 0 && fromMs - (value - 1) * 20 <= 60, `${value} at ${fromMs}`);
      }
    }
    assert.ok(timeline.cutMs >= lostMs - 60 && timeline.cutMs <= lostMs, `${timeline.cutMs} ms`);
  });

  it('makes even speech of any jitter and any stalls that are shorter than it waits and not too close', () => {
    const pause = fc.record({ after: fc.integer({ min: 600, max: 2000 }), lasts: fc.integer({ min: 20, max: 1900 }) });
    const jitter = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(pause, { maxLength: 5 }), jitter, (pauses, lateMs) => {
        const stalls: { fromMs: number; toMs: number }[] = [];
        for (const { after, lasts } of pauses) {
          const fromMs = (stalls.at(-1)?.toMs ?? 0) + after;
          stalls.push({ fromMs, toMs: fromMs + lasts });
        }
        const count = Math.ceil((stalls.at(-1)?.toMs ?? 0) / 20) + 50;
        // What comes later than the one after it holds that one up, as on any wire that keeps the order.
        let last = 0;
        const arrivals = arrivalsOf(count, stalls).map((at, k) => {
          last = Math.max(last, at + (lateMs[k % 20] ?? 0));
          return last;
        });
        const { values, timeline } = recordCaller(arrivals, count * 20 + 500);
        const found = stretches(values).filter(([value]) => value !== 0);
        assert.equal(timeline.cutMs, 0);
        assert.equal(found.length, count);
        for (const [value, fromMs, toMs] of found) {
          assert.ok(toMs - fromMs >= 19 && toMs - fromMs <= 21, `${value} lasts ${toMs - fromMs} ms`);
          const shiftMs = fromMs - (value - 1) * 20;
          assert.ok(shiftMs >= 0 && shiftMs <= 110, `${value} is ${shiftMs} ms late`);
        }
        // What is left of a stall is at most what the jitter makes of it.
        for (const [k, [, fromMs]] of found.entries()) {
          const seamMs = k === 0 ? 0 : fromMs - (found[k - 1]?.[2] ?? 0);
          assert.ok(seamMs <= 60, `${seamMs} ms of silence`);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('needs no more memory for an hour than for a second', () => {
    const timeline = new StereoTimeline(audioFormat(24000));
    const before = timeline.ringBytes;
    assert.ok(before < 450_000, `${before} bytes`);
    const [said, ours] = [Buffer.alloc(960, 1), Buffer.alloc(960, 2)];
    const block = new Int16Array(24_000);
    let samples = 0;
    let loud = 0;
    for (let ms = 0; ms < 3_600_000; ms += 20) {
      for (; timeline.settled(ms) >= 12_000; samples += 12_000) {
        timeline.take(block, 12_000);
        loud += block[0] === 0x0101 && block[23_999] === 0x0202 ? 1 : 0;
      }
      timeline.caller(said, ms);
      timeline.ours(ours, ms + 2000);
    }
    assert.equal(timeline.ringBytes, before);
    assert.equal(samples, 24_000 * 3599);
    assert.equal(loud, 2 * 3599 - 4);
    assert.equal(timeline.cutMs + timeline.leftOutMs, 0);
  });

  it('leaves out what of ours is sent farther ahead than it can keep, and stays in time', () => {
    const timeline = new StereoTimeline(format);
    for (let k = 0; k < 500; k++) timeline.ours(frame(1), k * 20);
    const keptMs = 10_000 - timeline.leftOutMs;
    assert.ok(keptMs >= 5500 && keptMs < 6000, `${keptMs} ms`);
    takeMs(timeline, 2000);
    timeline.ours(frame(2), 10_000);
    assert.deepEqual(stretches(takeMs(timeline, 9000).right), [
      [1, 0, keptMs - 2000],
      [0, keptMs - 2000, 8000],
      [2, 8000, 8020],
      [0, 8020, 9000],
    ]);
  });
});
