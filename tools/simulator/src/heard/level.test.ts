import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toneSamples } from '../testing/tone-samples.ts';
import { firstSoundMs, isSilent, levelDbfs } from './analysis.ts';

/** Samples that are all this. */
const constant = (value: number, length = 800): Int16Array => new Int16Array(length).fill(value);

describe('levelDbfs', () => {
  for (const [what, samples, expected] of [
    ['a square wave at full scale', constant(-32768), 0],
    ['a tone at full scale', toneSamples(400, 1000, 8000, 1), -3.01],
    ['a tone at a tenth', toneSamples(400, 1000, 8000, 0.1), -23.01],
    ['the smallest step there is', constant(1), -90.31],
    ['silence', constant(0), -100],
    ['no samples', constant(0, 0), -100],
    ['one smallest step in ten thousand samples', Int16Array.of(1, ...constant(0, 9999)), -100],
  ] as const) {
    it(`gives ${what} ${expected} dBFS`, () => {
      assert.ok(Math.abs(levelDbfs(samples) - expected) < 0.01, `it is ${levelDbfs(samples)}`);
    });
  }
});

describe('isSilent', () => {
  it('takes what is below -50 dBFS for silence, unless told another threshold', () => {
    // 20 log(103 / 32768) is -50.05, that of 104 -49.97.
    assert.equal(isSilent(constant(103)), true);
    assert.equal(isSilent(constant(104)), false);
    assert.equal(isSilent(constant(104), -49), true);
    assert.equal(isSilent(constant(103), -51), false);
    assert.equal(isSilent(constant(0, 0)), true);
  });
});

describe('firstSoundMs', () => {
  for (const rate of [8000, 16000, 24000]) {
    for (const atMs of [0, 3, 17.5, 1234.5]) {
      it(`finds a tone that begins at ${atMs} ms, at ${rate} Hz`, () => {
        const samples = new Int16Array(rate * 2);
        samples.set(toneSamples(440, 300, rate), (atMs * rate) / 1000);
        const found = firstSoundMs(samples, rate);
        // The wave needs a moment to rise to the threshold.
        assert.ok(found !== null && found >= atMs && found < atMs + 0.3, `it is ${found}`);
      });
    }
  }

  it('passes over a stray sample and what is below the threshold', () => {
    const samples = new Int16Array(8000).fill(50);
    samples[1000] = 300;
    samples[7999] = 300;
    assert.equal(firstSoundMs(samples, 8000), null);
    samples.fill(2000, 4000, 4200);
    assert.equal(firstSoundMs(samples, 8000), 500);
    assert.equal(firstSoundMs(samples, 8000, -60), 0);
    assert.equal(firstSoundMs(new Int16Array(0), 8000), null);
  });
});
