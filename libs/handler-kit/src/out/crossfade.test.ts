import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf, samplesOf } from '../pcm/samples.ts';
import { crossfade } from './crossfade.ts';

const SAMPLES_PER_FRAME = 160;
const frameOf = (value: number) => bytesOf(new Int16Array(SAMPLES_PER_FRAME).fill(value));

describe('crossfade', () => {
  it('goes along a straight line from what was left out to what follows, within 5 ms', () => {
    for (const sampleRateHz of [8000, 16000, 24000] as const) {
      const blended = sampleRateHz / 200;
      const frame = bytesOf(new Int16Array(sampleRateHz / 50).fill(4000));
      const skipped = bytesOf(new Int16Array(sampleRateHz / 50).fill(-4000));
      crossfade(skipped, frame, sampleRateHz);
      const samples = samplesOf(frame);
      for (const [index, sample] of samples.entries()) {
        assert.equal(sample, index < blended ? Math.round(-4000 + (8000 * index) / blended) : 4000);
      }
      assert.ok(samplesOf(skipped).every((sample) => sample === -4000));
    }
  });

  it('begins with what was left out, sample by sample', () => {
    const skipped = bytesOf(Int16Array.from({ length: SAMPLES_PER_FRAME }, (_, index) => index * 100));
    const frame = frameOf(0);
    crossfade(skipped, frame, 8000);
    assert.deepEqual(
      [...samplesOf(frame).subarray(0, 3)],
      [0, Math.round(100 * (39 / 40)), Math.round(200 * (38 / 40))],
    );
  });

  it('fades in out of silence', () => {
    const frame = frameOf(10_000);
    crossfade(frameOf(0), frame, 8000);
    assert.deepEqual(
      [...samplesOf(frame).subarray(0, 41)].filter((_, index) => index % 10 === 0),
      [0, 2500, 5000, 7500, 10_000],
    );
  });

  it('stays within 16 bits from one end of the scale to the other, and leaves alone what is the same', () => {
    const frame = frameOf(32_767);
    crossfade(frameOf(-32_768), frame, 8000);
    const samples = samplesOf(frame);
    assert.ok(samples.every((sample, index) => index === 0 || sample >= (samples[index - 1] as number)));
    const same = frameOf(-32_768);
    crossfade(frameOf(-32_768), same, 8000);
    assert.ok(same.equals(frameOf(-32_768)));
  });

  it('reads frames that begin at an odd address', () => {
    const odd = (frame: Buffer) => Buffer.concat([Buffer.alloc(1), frame]).subarray(1);
    const [even, shifted] = [frameOf(900), odd(frameOf(900))];
    crossfade(frameOf(-300), even, 8000);
    crossfade(odd(frameOf(-300)), shifted, 8000);
    assert.ok(even.equals(shifted));
  });
});
