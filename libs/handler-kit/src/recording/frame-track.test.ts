import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import fc from 'fast-check';
import { FrameTrack } from './frame-track.ts';

// At 8 kHz a ms is 8 samples, a frame 160, and the tolerance of 60 ms 480.
const format = audioFormat(8000);

/** A frame in which every sample is this. */
const frame = (value: number): Buffer => Buffer.from(new Int16Array(160).fill(value).buffer);

function trackOf(...frames: readonly [value: number, at: number][]): FrameTrack {
  const track = new FrameTrack(format, 1000);
  for (const [value, at] of frames) track.add(frame(value), at);
  return track;
}

/** The next samples as stretches of one value. */
function take(track: FrameTrack, length: number): [value: number, from: number, to: number][] {
  const block = new Int16Array(length * 2);
  track.take(block, 1, length);
  assert.ok(block.every((sample, i) => i % 2 === 1 || sample === 0));
  const stretches: [number, number, number][] = [];
  for (let at = 0; at < length; at++) {
    const value = block[at * 2 + 1] as number;
    const last = stretches.at(-1);
    if (last?.[0] === value) last[2] = at + 1;
    else stretches.push([value, at, at + 1]);
  }
  return stretches;
}

describe('FrameTrack', () => {
  it('has frames follow on each other that come within 60 ms of their places, and makes a gap for later ones', () => {
    assert.deepEqual(take(trackOf([1, 480], [2, 160 + 480]), 320), [
      [1, 0, 160],
      [2, 160, 320],
    ]);
    assert.deepEqual(take(trackOf([1, 0], [2, 160 + 481]), 1000), [
      [1, 0, 160],
      [0, 160, 641],
      [2, 641, 801],
      [0, 801, 1000],
    ]);
  });

  it('lets frames be that come up to 60 ms too early, and cuts what is more off the oldest end', () => {
    const early = trackOf([1, 0], [2, 0], [3, 0], [4, 0]);
    assert.equal(early.cut, 0);
    assert.deepEqual(
      take(early, 640).map(([value, from]) => [value, from]),
      [
        [1, 0],
        [2, 160],
        [3, 320],
        [4, 480],
      ],
    );
    const earlier = trackOf([1, 0], [2, 0], [3, 0], [4, 0], [5, 0]);
    assert.equal(earlier.cut, 160);
    assert.deepEqual(
      take(earlier, 640).map(([value, from]) => [value, from]),
      [
        [2, 0],
        [3, 160],
        [4, 320],
        [5, 480],
      ],
    );
  });

  it('moves a burst back into the gap before it', () => {
    // Held up until 800, where one more comes in time.
    const track = trackOf([1, 0], [2, 800], [3, 800], [4, 800], [5, 800], [6, 800], [7, 960]);
    assert.deepEqual(
      take(track, 1120),
      [1, 2, 3, 4, 5, 6, 7].map((value, k) => [value, k * 160, (k + 1) * 160]),
    );
    assert.equal(track.cut, 0);
  });

  it('moves frames before it too where one gap is not enough', () => {
    const track = trackOf([1, 320 + 481], [2, 2000], [3, 2000 - 1600]);
    // The last one came 1760 before its place; the gaps were 801 and 1039 long.
    assert.deepEqual(take(track, 560), [
      [0, 0, 80],
      [1, 80, 240],
      [2, 240, 400],
      [3, 400, 560],
    ]);
  });

  it('does not touch what has been taken', () => {
    const track = trackOf([1, 0], [2, 800]);
    assert.deepEqual(take(track, 700), [
      [1, 0, 160],
      [0, 160, 700],
    ]);
    // What is left of the gap are 100, and 480 may be too early; the last one is 640 too early.
    for (const value of [3, 4, 5]) track.add(frame(value), 800);
    assert.equal(track.cut, 0);
    track.add(frame(6), 800);
    assert.equal(track.cut, 60);
    assert.deepEqual(take(track, 740), [
      [2, 0, 100],
      [3, 100, 260],
      [4, 260, 420],
      [5, 420, 580],
      [6, 580, 740],
    ]);
  });

  it('clears from a moment on, also in the midst of a frame', () => {
    const track = trackOf([1, 0], [2, 160], [3, 320]);
    track.clear(200);
    track.add(frame(4), 200);
    assert.deepEqual(take(track, 600), [
      [1, 0, 160],
      [2, 160, 200],
      [0, 200, 320],
      [4, 320, 480],
      [0, 480, 600],
    ]);
    track.clear(1100);
    track.add(frame(5), 1100);
    assert.deepEqual(take(track, 700), [
      [0, 0, 500],
      [5, 500, 660],
      [0, 660, 700],
    ]);
  });

  it('refuses what there is no room for, and counts it', () => {
    const track = new FrameTrack(format, 60);
    assert.equal(track.ringBytes, 960);
    for (const [k, value] of [1, 2, 3, 4].entries()) track.add(frame(value), k * 160);
    assert.equal(track.refused, 160);
    assert.deepEqual(
      take(track, 640).map(([value]) => value),
      [1, 2, 3, 0],
    );
    track.add(frame(5), 640);
    assert.deepEqual(take(track, 160), [[5, 0, 160]]);
  });

  it('knows whether there is a gap', () => {
    const track = trackOf([1, 1000]);
    assert.equal(track.isEmpty(1000), true);
    assert.equal(track.isEmpty(1001), false);
    track.skip(1159);
    assert.equal(track.isEmpty(1), false);
    track.skip(1);
    assert.equal(track.isEmpty(100_000), true);
  });

  it('plays every frame whole and in order that is not cleared, cut or refused, whenever they come', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ add: fc.integer({ min: -2000, max: 2000 }) }) },
      { weight: 2, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 1500 }) }) },
      { weight: 1, arbitrary: fc.record({ clear: fc.integer({ min: -300, max: 1000 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const track = new FrameTrack(format, 400);
        let now = 0;
        let value = 0;
        let clears = 0;
        const heard = new Map<number, number>();
        let last = 0;
        const hear = (length: number) => {
          for (const [sample, from, to] of take(track, length)) {
            if (sample === 0) continue;
            if (sample < last) assert.fail(`${sample} comes after ${last}`);
            last = sample;
            heard.set(sample, (heard.get(sample) ?? 0) + to - from);
          }
        };
        for (const next of steps) {
          if ('add' in next) {
            now = Math.max(0, now + next.add);
            value += 1;
            track.add(frame(value), now);
          } else if ('take' in next) {
            hear(next.take);
          } else {
            track.clear(now + next.clear);
            clears += 1;
          }
        }
        hear(Math.max(1, track.end));
        const whole = value * 160 - track.cut - track.refused;
        const sum = [...heard.values()].reduce((a, b) => a + b, 0);
        if (clears === 0) assert.equal(sum, whole);
        assert.ok(sum <= whole);
        assert.ok([...heard.values()].every((samples) => samples <= 160));
      }),
      { numRuns: 300 },
    );
  });
});
