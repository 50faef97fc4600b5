import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadAudio } from '../media/recording.ts';
import { noise, pcmOf, sum, wave } from '../testing/signals.ts';
import { hasSpeech, speechShare } from './analysis.ts';

const sine = (hz: number, seconds: number): number => Math.sin(2 * Math.PI * hz * seconds);

const KEYS_HZ = [
  [697, 1209],
  [770, 1336],
  [852, 1477],
  [941, 1633],
] as const;

const keys = wave(4, 16000, (t) => {
  const [low, high] = KEYS_HZ[Math.floor(t * 5) % 4] ?? [0, 0];
  return t % 0.2 < 0.1 ? 0.2 * (sine(low, t) + sine(high, t)) : 0;
});

const SILENCES: Readonly<Record<string, Int16Array>> = {
  silence: new Int16Array(64_000),
  'comfort noise': noise(64_000, 60),
  noise: noise(64_000, 8000),
  'noise in bursts': noise(64_000, 8000).map((x, i) => (i % 4800 < 2400 ? x : 0)),
  'noise that swells four times a second': noise(64_000, 8000).map((x, i) => x * (1 + sine(4, i / 16000)) * 0.5),
  'a tone': wave(4, 16000, (t) => 0.3 * sine(440, t)),
  'a tone in noise': sum(
    wave(4, 16000, (t) => 0.3 * sine(440, t)),
    noise(64_000, 1000),
  ),
  'a tone that swells': wave(4, 16000, (t) => 0.3 * sine(300, t) * (1 + sine(4, t)) * 0.5),
  'a buzz': wave(4, 16000, (t) => 0.5 * (((t * 120) % 1) - 0.5)),
  'a rising tone': wave(4, 16000, (t) => 0.3 * Math.sin(2 * Math.PI * (100 * t + 450 * t * t))),
  ringing: wave(4, 16000, (t) => (t % 2 < 1 ? 0.15 * (sine(440, t) + sine(480, t)) : 0)),
  'three tones by turns': wave(4, 16000, (t) => 0.3 * sine([950, 1400, 1800][Math.floor(t * 3) % 3] ?? 0, t)),
  keys,
  'keys in noise': sum(keys, noise(64_000, 300)),
};

describe('hasSpeech', () => {
  for (const rate of [8000, 16000, 24000] as const) {
    it(`finds the speech of the shipped recording at ${rate} Hz`, async () => {
      const samples = pcmOf(await (await loadAudio()).framesAt(rate));
      assert.equal(hasSpeech(samples, rate), true);
      const share = speechShare(samples, rate);
      assert.ok(share > 0.6 && share < 0.9, `its share is ${share}`);
    });
  }

  it('finds it softly, in noise, in every two seconds of it, and among silence', async () => {
    const samples = pcmOf(await (await loadAudio()).framesAt(16000));
    assert.equal(
      hasSpeech(
        samples.map((x) => x / 10),
        16000,
      ),
      true,
    );
    assert.equal(hasSpeech(sum(samples, noise(samples.length, 300)), 16000), true);
    for (let from = 0; from + 32_000 <= samples.length; from += 16_000) {
      assert.equal(hasSpeech(samples.subarray(from, from + 32_000), 16000), true, `from ${from / 16} ms`);
    }
    const rare = new Int16Array(16_000 * 60);
    rare.set(samples.subarray(16_000, 32_000), 16_000 * 40 + 1234);
    assert.equal(hasSpeech(rare, 16000), true);
    assert.ok(speechShare(rare, 16000) < 0.03);
  });

  for (const [name, samples] of Object.entries(SILENCES)) {
    it(`does not take ${name} for speech`, () => {
      assert.equal(hasSpeech(samples, 16000), false, `its share is ${speechShare(samples, 16000)}`);
    });
  }

  it('finds none in no samples, nor in less than a window', () => {
    assert.equal(hasSpeech(new Int16Array(0), 8000), false);
    assert.equal(hasSpeech(noise(100, 8000), 8000), false);
  });
});
