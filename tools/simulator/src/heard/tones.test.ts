import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadAudio } from '../media/recording.ts';
import { noise, pcmOf, sum } from '../testing/signals.ts';
import { toneSamples } from '../testing/tone-samples.ts';
import { strongestTone, tone } from './analysis.ts';

const near = (actual: number | undefined, expected: number, tolerance: number): void =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

describe('tone', () => {
  for (const rate of [8000, 16000, 24000]) {
    for (const hz of [60, 440, 697, 1633, 3400]) {
      it(`measures ${hz} Hz at ${rate} Hz, and not what is 100 Hz beside`, () => {
        const samples = toneSamples(hz, 500, rate, 0.5);
        const measure = tone(samples, rate, hz);
        near(measure.levelDbfs, -9.03, 0.1);
        near(measure.shareOfPower, 1, 0.005);
        assert.ok(tone(samples, rate, hz + 100).shareOfPower < 0.01);
      });
    }
  }

  it('takes a tone that is 5 Hz off for nearly the same', () => {
    assert.ok(tone(toneSamples(445, 500, 8000), 8000, 440).shareOfPower > 0.85);
  });

  for (const [lengthMs, leastShare] of [
    [100, 0.86],
    [500, 0.97],
  ] as const) {
    for (const fromMs of [1, 30, 237, 400]) {
      it(`measures ${lengthMs} ms of a tone, ${fromMs} ms after silence`, () => {
        const samples = new Int16Array(8000);
        samples.set(toneSamples(440, lengthMs, 8000, 0.5), fromMs * 8);
        const measure = tone(samples, 8000, 440);
        near(measure.levelDbfs, -9.03, 0.5);
        assert.ok(measure.shareOfPower > leastShare, `its share is ${measure.shareOfPower}`);
      });
    }
  }

  it('shares the power among two tones', () => {
    const samples = sum(toneSamples(697, 400, 8000, 0.3), toneSamples(1209, 400, 8000, 0.3));
    near(tone(samples, 8000, 697).shareOfPower, 0.5, 0.02);
    near(tone(samples, 8000, 1209).shareOfPower, 0.5, 0.02);
    near(tone(samples, 8000, 697).levelDbfs, -13.47, 0.2);
  });

  it('finds hardly a part of any tone in noise', () => {
    assert.ok(tone(noise(16000, 8000), 8000, 1000).shareOfPower < 0.05);
  });

  it('finds nothing in silence and in no samples', () => {
    assert.deepEqual(tone(new Int16Array(800), 8000, 440), { levelDbfs: -100, shareOfPower: 0 });
    assert.deepEqual(tone(new Int16Array(0), 8000, 440), { levelDbfs: -100, shareOfPower: 0 });
  });
});

describe('strongestTone', () => {
  for (const rate of [8000, 16000, 24000]) {
    for (const hz of [55, 440, 441.3, 1234.5, 3900]) {
      it(`finds ${hz} Hz at ${rate} Hz`, () => {
        const found = strongestTone(toneSamples(hz, 1000, rate), rate);
        near(found?.hz, hz, 0.5);
        near(found?.levelDbfs, -9.03, 0.2);
      });
    }
  }

  it('finds a short tone among silence, and one in noise that is as loud', () => {
    const samples = new Int16Array(16000);
    samples.set(toneSamples(1000, 100, 8000), 5003);
    near(strongestTone(samples, 8000)?.hz, 1000, 0.5);
    near(strongestTone(sum(toneSamples(1000, 1000, 8000, 0.3), noise(8000, 12000)), 8000)?.hz, 1000, 0.5);
  });

  it('finds the louder of two', () => {
    near(strongestTone(sum(toneSamples(500, 500, 16000, 0.2), toneSamples(900, 500, 16000, 0.3)), 16000)?.hz, 900, 0.5);
  });

  it('finds none in silence, noise, a drift, speech and no samples', async () => {
    assert.equal(strongestTone(new Int16Array(8000), 8000), null);
    assert.equal(strongestTone(noise(16000, 8000), 8000), null);
    assert.equal(strongestTone(toneSamples(5, 2000, 8000), 8000), null);
    assert.equal(strongestTone(pcmOf(await (await loadAudio()).framesAt(16000)), 16000), null);
    assert.equal(strongestTone(new Int16Array(0), 8000), null);
  });
});
