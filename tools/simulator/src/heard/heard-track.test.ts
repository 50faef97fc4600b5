import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeardTrack } from './heard-track.ts';

/** A frame of 8 kHz in which every sample is this. */
const frame = (value: number): Buffer => Buffer.from(new Int16Array(160).fill(value).buffer);

/** A track at 8 kHz that heard a frame of 1 at every `x` and nothing at every other letter. */
function heardAt(pattern: string): HeardTrack {
  const track = new HeardTrack(8000);
  for (const letter of pattern) track.add(undefined, letter === 'x' ? frame(1) : undefined);
  return track;
}

describe('HeardTrack', () => {
  it('keeps what was said and heard apart, tick by tick', () => {
    const track = new HeardTrack(8000);
    track.add(frame(1), undefined);
    track.add(undefined, frame(2));
    track.add(frame(3), frame(4));
    assert.equal(track.durationMs, 60);
    assert.deepEqual(
      track.said(),
      Int16Array.from({ length: 480 }, (_, i) => [1, 0, 3][Math.floor(i / 160)] ?? 0),
    );
    assert.deepEqual(
      track.heard(),
      Int16Array.from({ length: 480 }, (_, i) => [0, 2, 4][Math.floor(i / 160)] ?? 0),
    );
    assert.deepEqual([...track.saidPresence()], [1, 0, 1]);
    assert.deepEqual([...track.heardPresence()], [0, 1, 1]);
  });

  it('copies frames that begin at an odd byte of a larger buffer, and keeps nothing of the buffer', () => {
    const large = Buffer.alloc(1001);
    large.writeInt16LE(-32768, 1);
    large.writeInt16LE(32767, 319);
    const track = new HeardTrack(8000);
    track.add(large.subarray(1, 321), undefined);
    large.fill(0);
    const said = track.said();
    assert.equal(said.length, 160);
    assert.equal(said[0], -32768);
    assert.equal(said[159], 32767);
  });

  it('fills up a short frame with silence and cuts off a long one', () => {
    const track = new HeardTrack(8000);
    track.add(frame(7).subarray(0, 5), Buffer.concat([frame(8), frame(9)]));
    track.add(frame(1), frame(1));
    assert.deepEqual([...track.said(0, 20).subarray(0, 4)], [7, 7, 0, 0]);
    assert.deepEqual([track.heard()[159], track.heard()[160]], [8, 1]);
  });

  it('gives a part from one moment up to another, across the seconds', () => {
    const track = new HeardTrack(8000);
    for (let tick = 0; tick < 125; tick++) track.add(frame(tick), tick % 60 === 0 ? frame(tick) : undefined);
    assert.deepEqual([...new Set(track.said(980, 1040))], [49, 50, 51]);
    assert.equal(track.said(990, 1010).length, 160);
    assert.deepEqual([...new Set(track.heard(1180, 1240))], [0, 60]);
    assert.equal(track.said(2480, 99_999).length, 160);
    assert.equal(track.said(-5, 20).length, 160);
    assert.equal(track.said(500, 400).length, 0);
    assert.equal(track.said(5000).length, 0);
  });

  for (const [pattern, count, longestMs, totalMs] of [
    ['', 0, 0, 0],
    ['   ', 0, 0, 0],
    ['x', 0, 0, 0],
    ['  xx  ', 0, 0, 0],
    ['x x', 1, 20, 20],
    ['xx   x x  ', 2, 60, 80],
    [`x${' '.repeat(149)}x`, 1, 2980, 2980],
  ] as const) {
    it(`finds ${count} gaps, ${longestMs} ms the longest, in ${JSON.stringify(pattern.slice(0, 12))}`, () => {
      assert.deepEqual(heardAt(pattern).gaps(), { count, longestMs, totalMs });
    });
  }

  it('puts marks at the present moment', () => {
    const track = heardAt('');
    track.mark('begins');
    track.add(undefined, undefined);
    track.add(frame(1), undefined);
    track.mark('key 5');
    assert.deepEqual(track.marks, [
      { atMs: 0, text: 'begins' },
      { atMs: 40, text: 'key 5' },
    ]);
  });

  for (const [rate, samples] of [
    [8000, 160],
    [16000, 320],
    [24000, 480],
  ] as const) {
    it(`holds ${samples} samples a tick at ${rate} Hz`, () => {
      const track = new HeardTrack(rate);
      track.add(Buffer.alloc(samples * 2, 1), undefined);
      assert.equal(track.said().length, samples);
      assert.ok(track.said().every((sample) => sample === 0x0101));
    });
  }

  it('is the same wherever its first second of memory begins', () => {
    for (let k = 0; k < 50; k++) {
      const track = new HeardTrack(8000);
      for (let tick = 0; tick < 120; tick++) track.add(frame(tick), tick === 60 ? undefined : frame(-tick));
      assert.deepEqual(
        track.said(),
        Int16Array.from({ length: 120 * 160 }, (_, i) => Math.floor(i / 160)),
      );
      assert.deepEqual([track.heard(980, 1000)[0], track.heard(1200, 1220)[0], track.heard(2380)[159]], [-49, 0, -119]);
      assert.equal(track.heardPresence().indexOf(0), 60);
      assert.equal(track.heardPresence().length, 120);
    }
  });
});
