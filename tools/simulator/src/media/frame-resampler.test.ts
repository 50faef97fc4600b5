import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { levelDbfs } from '../heard/level.ts';
import { strongestTone } from '../heard/tones.ts';
import { pcmOf } from '../testing/signals.ts';
import { toneFrames } from '../testing/tone.ts';
import { bytesPerFrame, SAMPLE_RATES_HZ, type SampleRateHz } from './audio-format.ts';
import { FrameResampler } from './frame-resampler.ts';

const PAIRS = SAMPLE_RATES_HZ.flatMap((from) =>
  SAMPLE_RATES_HZ.filter((to) => to !== from).map((to) => ({ from, to })),
);

async function convertAll(frames: readonly (Buffer | undefined)[], from: SampleRateHz, to: SampleRateHz) {
  const resampler = await FrameResampler.create(from, to);
  try {
    return frames.map((frame) => resampler.convert(frame));
  } finally {
    resampler.close();
  }
}

describe('a frame resampler', () => {
  for (const { from, to } of PAIRS) {
    it(`keeps the pitch and the level of a tone from ${from} to ${to} Hz, a frame for a frame`, async () => {
      const converted = await convertAll(toneFrames(1000, 1000, from), from, to);
      assert.equal(converted.length, 50);
      assert.ok(converted.every((frame) => frame.length === bytesPerFrame(to)));
      // Without the first frames, which are late.
      const samples = pcmOf(converted.slice(5));
      const tone = strongestTone(samples, to);
      assert.ok(tone && Math.abs(tone.hz - 1000) < 1 && tone.shareOfPower > 0.99, JSON.stringify(tone));
      assert.ok(Math.abs(levelDbfs(samples) - levelDbfs(pcmOf(toneFrames(1000, 1000, from)))) < 0.1);
    });
  }

  it('is two frames late, and has the whole of a sound', async () => {
    const sound = toneFrames(1000, 200, 16_000, 0.5);
    const converted = await convertAll([...sound, ...new Array(10).fill(undefined)], 16_000, 8000);
    const isSilent = (frame: Buffer | undefined) => levelDbfs(pcmOf([frame as Buffer])) < -60;
    assert.deepEqual(converted.slice(0, 2).map(isSilent), [true, true]);
    assert.deepEqual(converted.slice(3, 12).map(isSilent), new Array(9).fill(false));
    assert.deepEqual(converted.slice(14).map(isSilent), new Array(6).fill(true));
  });

  it('gives a frame for each one over minutes, silence for nothing', async () => {
    const frames = Array.from({ length: 6000 }, (_, index) => (index % 7 === 0 ? undefined : Buffer.alloc(960)));
    const converted = await convertAll(frames, 24_000, 16_000);
    assert.ok(converted.every((frame) => frame.equals(Buffer.alloc(640))));
  });

  it('holds what is too loud at full scale', async () => {
    const square = Buffer.alloc(640);
    for (let k = 0; k < 320; k++) square.writeInt16LE(k % 40 < 20 ? 32_767 : -32_768, k * 2);
    const converted = await convertAll(new Array(20).fill(square), 16_000, 24_000);
    const samples = pcmOf(converted);
    assert.deepEqual([Math.max(...samples), Math.min(...samples)], [32_767, -32_768]);
  });
});
