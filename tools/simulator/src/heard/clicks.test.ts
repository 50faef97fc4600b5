import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadAudio } from '../media/recording.ts';
import { noise, pcmOf, sum } from '../testing/signals.ts';
import { toneSamples } from '../testing/tone-samples.ts';
import { clicks } from './analysis.ts';

/** A second of a tone whose phase jumps by so many degrees in its middle. */
const broken = (hz: number, rate: number, degrees: number): Int16Array =>
  Int16Array.from({ length: rate }, (_, i) => {
    const jump = i < rate / 2 ? 0 : (degrees * Math.PI) / 180;
    return Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / rate + jump));
  });

describe('clicks', () => {
  for (const [rate, hz] of [
    [8000, 300],
    [8000, 1000],
    [8000, 3000],
    [16000, 440],
    [24000, 440],
  ] as const) {
    it(`finds a jump of the phase in ${hz} Hz at ${rate} Hz, and none in the whole tone`, () => {
      assert.equal(clicks(broken(hz, rate, 0), rate), 0);
      for (const degrees of [45, 90, 180, 300]) assert.equal(clicks(broken(hz, rate, degrees), rate), 1, `${degrees}`);
    });
  }

  it('finds both ends of each lost frame', () => {
    const samples = toneSamples(441, 1000, 16000);
    for (const from of [3217, 6417, 9617]) samples.fill(0, from, from + 320);
    assert.equal(clicks(samples, 16000), 6);
  });

  it('finds where a frame is left out', () => {
    const samples = toneSamples(440, 1000, 16000);
    assert.equal(clicks(Int16Array.of(...samples.subarray(0, 8000), ...samples.subarray(8320)), 16000), 1);
  });

  it('finds two frames that changed places', () => {
    const samples = toneSamples(440, 1000, 16000);
    const [one, two] = [samples.slice(8000, 8320), samples.slice(8320, 8640)];
    samples.set(two, 8000);
    samples.set(one, 8320);
    assert.equal(clicks(samples, 16000), 3);
  });

  for (const [hz, cutMs] of [
    [400, 1.9],
    [1000, 0.3],
    [2500, 0.125],
  ] as const) {
    it(`takes ${hz} Hz that begin and end at zero for no joint, and one that stops in its wave for one`, () => {
      const samples = new Int16Array(16000);
      samples.set(toneSamples(hz, 500, 16000), 4000);
      assert.equal(clicks(samples, 16000), 0);
      samples.fill(0, 12_000 - cutMs * 16);
      assert.equal(clicks(samples, 16000), 1);
    });
  }

  it('does not mind jumps that nobody hears', () => {
    assert.equal(
      clicks(
        broken(440, 16000, 180).map((x) => x / 100),
        16000,
      ),
      0,
    );
  });

  it('finds none in speech as it was recorded, in noise, in rising loudness and in silence', async () => {
    for (const rate of [8000, 16000, 24000] as const) {
      assert.equal(clicks(pcmOf(await (await loadAudio()).framesAt(rate)), rate), 0);
    }
    assert.equal(clicks(noise(64_000, 8000), 16000), 0);
    assert.equal(clicks(sum(toneSamples(440, 1000, 16000), noise(16_000, 300)), 16000), 0);
    assert.equal(
      clicks(
        toneSamples(440, 1000, 16000, 0.9).map((x, i) => (x * i) / 16000),
        16000,
      ),
      0,
    );
    assert.equal(clicks(new Int16Array(16_000), 16000), 0);
    assert.equal(clicks(new Int16Array(0), 16000), 0);
  });

  it('finds joints in speech with every tenth frame lost', async () => {
    const samples = pcmOf(await (await loadAudio()).framesAt(16000));
    for (let from = 0; from < samples.length; from += 3200) samples.fill(0, from, from + 320);
    const found = clicks(samples, 16000);
    assert.ok(found >= 6, `they are ${found}`);
  });
});
