import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resample } from './resample.ts';

const sine = (hz: number, sampleRateHz: number, seconds: number) =>
  Float64Array.from({ length: sampleRateHz * seconds }, (_, i) => Math.sin((2 * Math.PI * hz * i) / sampleRateHz));

/** The largest difference from what is expected, away from the ends, where the filter has only half of its input. */
function largestError(actual: Float64Array, expected: Float64Array): number {
  const margin = Math.floor(actual.length / 4);
  let error = 0;
  for (let i = margin; i < actual.length - margin; i++) {
    error = Math.max(error, Math.abs((actual[i] as number) - (expected[i] as number)));
  }
  return error;
}

for (const [fromHz, toHz] of [
  [8000, 24000],
  [16000, 8000],
  [16000, 24000],
  [22050, 16000],
  [44100, 8000],
  [48000, 24000],
] as const) {
  test(`a 1 kHz tone keeps its pitch, phase and loudness from ${fromHz} to ${toHz} Hz`, () => {
    const output = resample(sine(1000, fromHz, 0.2), fromHz, toHz);
    assert.equal(output.length, toHz * 0.2);
    assert.ok(largestError(output, sine(1000, toHz, 0.2)) < 0.001);
  });
}

test('a tone above half the new rate is gone instead of folded back', () => {
  const output = resample(sine(6000, 44100, 0.2), 44100, 8000);
  assert.ok(largestError(output, new Float64Array(output.length)) < 0.001);
});

test('the same rate leaves the samples as they are', () => {
  const input = sine(440, 16000, 0.1);
  assert.equal(resample(input, 16000, 16000), input);
});

test('no samples stay no samples', () => {
  assert.equal(resample(new Float64Array(0), 44100, 16000).length, 0);
});
