import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resample } from './resample.ts';

const IN_HZ = [8000, 16000, 24000, 44100, 48000];
const OUT_HZ = [8000, 16000, 24000];

/** A tone that swells and fades, so that its spectrum is as narrow as its ends are smooth. */
const tone = (hz: number, sampleRateHz: number, seconds: number) =>
  Float64Array.from({ length: sampleRateHz * seconds }, (_, i) => {
    const atSeconds = i / sampleRateHz;
    return Math.sin((Math.PI * atSeconds) / seconds) ** 2 * Math.sin(2 * Math.PI * hz * atSeconds);
  });

const energy = (samples: Float64Array) => samples.reduce((sum, sample) => sum + sample ** 2, 0);

/** Over the whole length: a sound that is late, louder or cut off is noise too. */
function signalToNoiseDb(actual: Float64Array, ideal: Float64Array): number {
  assert.equal(actual.length, ideal.length);
  return 10 * Math.log10(energy(ideal) / energy(actual.map((sample, i) => sample - (ideal[i] as number))));
}

for (const fromHz of IN_HZ) {
  for (const toHz of OUT_HZ.filter((rate) => rate !== fromHz)) {
    test(`tones keep their pitch, moment and loudness from ${fromHz} to ${toHz} Hz`, async (t) => {
      for (const hz of [300, 1000, 3400]) {
        const noiseDb = signalToNoiseDb(await resample(tone(hz, fromHz, 0.5), fromHz, toHz), tone(hz, toHz, 0.5));
        t.diagnostic(`${hz} Hz: ${noiseDb.toFixed(1)} dB`);
        assert.ok(noiseDb > 130, `${hz} Hz: ${noiseDb} dB`);
      }
    });
  }
}

test('tones above half the new rate are gone instead of folded back', async () => {
  for (const [hz, fromHz, toHz] of [
    [4200, 16000, 8000],
    [6000, 44100, 8000],
    [15000, 48000, 24000],
  ] as const) {
    const input = tone(hz, fromHz, 0.5);
    const rest = energy(await resample(input, fromHz, toHz)) / toHz;
    const suppressionDb = 10 * Math.log10(energy(input) / fromHz / rest);
    assert.ok(suppressionDb > 130, `${hz} Hz: ${suppressionDb} dB`);
  }
});

test('a sound that begins and ends abruptly is not cut off and does not click', async () => {
  const hum = (sampleRateHz: number) =>
    Float64Array.from({ length: sampleRateHz / 2 }, (_, i) => Math.cos((2 * Math.PI * 200 * i) / sampleRateHz));
  for (const [fromHz, toHz] of [
    [8000, 24000],
    [44100, 16000],
    [48000, 8000],
  ] as const) {
    const output = await resample(hum(fromHz), fromHz, toHz);
    // Gibbs: whatever is free of aliases rings around a step, by about a tenth of its height.
    const peak = Math.max(...output.map(Math.abs));
    assert.ok(peak < 1.15, `${fromHz} to ${toHz} Hz: the peak is ${peak}`);
    const period = toHz / 200;
    for (const [where, samples] of Object.entries({ first: output.slice(0, period), last: output.slice(-period) })) {
      const loudness = energy(samples) / (period / 2);
      assert.ok(loudness > 0.9 && loudness < 1.1, `${fromHz} to ${toHz} Hz: the ${where} period has ${loudness}`);
    }
  }
});

for (const [length, fromHz, toHz, expected] of [
  [0, 44100, 16000, 0],
  [1, 8000, 24000, 3],
  [1, 48000, 24000, 1],
  [1, 48000, 8000, 0],
  [160, 8000, 16000, 320],
  [11025, 11025, 16000, 16000],
  [22051, 22050, 16000, 16001],
  [44100, 44100, 8000, 8000],
  [192000, 192000, 8000, 8000],
  [1000, 1000, 24000, 24000],
] as const) {
  test(`${length} samples at ${fromHz} Hz are ${expected} at ${toHz} Hz`, async () => {
    assert.equal((await resample(new Float64Array(length), fromHz, toHz)).length, expected);
  });
}

test('the medium quality is finer than 16 bits are', async () => {
  const output = await resample(tone(1000, 44100, 0.5), 44100, 16000, { quality: 'medium' });
  const noiseDb = signalToNoiseDb(output, tone(1000, 16000, 0.5));
  assert.ok(noiseDb > 110 && noiseDb < 150, `${noiseDb} dB`);
  assert.notDeepEqual(output, await resample(tone(1000, 44100, 0.5), 44100, 16000));
});

test('a conversion ends early when its signal is aborted', async () => {
  const stop = new AbortController();
  const converted = resample(new Float64Array(44100 * 600), 44100, 16000, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await assert.rejects(converted, { message: 'enough' });
});

test('two conversions at the same time do not disturb each other', async () => {
  const convert = (hz: number) => resample(tone(hz, 44100, 0.3), 44100, 16000);
  const together = await Promise.all([convert(300), convert(1000)]);
  assert.deepEqual(together, [await convert(300), await convert(1000)]);
});

test('the same rate leaves the samples as they are', async () => {
  const input = tone(440, 16000, 0.1);
  assert.equal(await resample(input, 16000, 16000), input);
});
