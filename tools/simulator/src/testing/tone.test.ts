import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import wavefile from 'wavefile';
import { toneFrames, toneRecording } from './tone.ts';
import { toneSamples, toneWav } from './tone-samples.ts';

describe('a tone', () => {
  it('begins at zero and has its peak at the level that is asked for', () => {
    // 1000 Hz at 8000 samples a second: eight samples a period.
    assert.deepEqual([...toneSamples(1000, 1, 8000, 1)], [0, 23170, 32767, 23170, 0, -23170, -32767, -23170]);
    assert.deepEqual([...toneSamples(1000, 1, 8000)].slice(2, 3), [16384]);
    assert.ok(toneSamples(1000, 20, 8000, 0).every((sample) => sample === 0));
  });

  for (const [rate, bytes] of [
    [8000, 320],
    [16_000, 640],
    [24_000, 960],
  ] as const) {
    it(`has frames of ${bytes} bytes at ${rate} Hz`, () => {
      const frames = toneFrames(440, 100, rate);
      assert.equal(frames.length, 5);
      assert.ok(frames.every((frame) => frame.length === bytes));
    });
  }

  it('is little-endian, goes on from frame to frame, and ends in silence', () => {
    const [first, second, ...more] = toneFrames(1000, 21, 8000, 1);
    assert.equal(more.length, 0);
    assert.deepEqual([...(first?.subarray(0, 6) ?? [])], [0x00, 0x00, 0x82, 0x5a, 0xff, 0x7f]);
    assert.equal(second?.readInt16LE(2), 23170);
    assert.ok(second?.subarray(16).every((byte) => byte === 0));
  });

  it('is the same as a recording and as a WAV file', async () => {
    const frames = toneFrames(440, 60, 16_000);
    assert.deepEqual(await toneRecording(440, 60, 16_000).framesAt(16_000), frames);
    const wav = new wavefile.WaveFile(toneWav(440, 60, 16_000));
    assert.equal(wav.bitDepth, '16');
    assert.deepEqual(Int16Array.from(wav.getSamples(true, Int16Array)), toneSamples(440, 60, 16_000));
  });
});
