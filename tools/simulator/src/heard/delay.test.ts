import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadAudio } from '../media/recording.ts';
import { noise, pcmOf, sum } from '../testing/signals.ts';
import { toneSamples } from '../testing/tone-samples.ts';
import { delayMs } from './analysis.ts';

const speechAt = async (rate: 8000 | 16000 | 24000) => pcmOf(await (await loadAudio()).framesAt(rate));

/** What is heard of it so many samples later and so much softer. */
function echo(said: Int16Array, lag: number, gain = 1): Int16Array {
  const heard = new Int16Array(said.length + lag);
  heard.set(
    said.map((sample) => sample * gain),
    lag,
  );
  return heard;
}

describe('delayMs', () => {
  for (const rate of [8000, 16000, 24000] as const) {
    for (const ms of [0, 0.125, 20, 123.5, 1999, 5000]) {
      it(`finds an echo of speech ${ms} ms later at ${rate} Hz, to the sample`, async () => {
        const said = await speechAt(rate);
        const found = delayMs(said, echo(said, (ms * rate) / 1000, 0.5), rate);
        assert.equal(found?.ms, ms);
        assert.ok(found.correlation > 0.999);
      });
    }
  }

  it('finds it in noise, among other speech, and with frames lost', async () => {
    const said = await speechAt(16000);
    const heard = echo(said, 4000);
    assert.equal(delayMs(said, sum(heard, noise(heard.length, 3000)), 16000)?.ms, 250);
    const softer = said.toReversed().map((x) => x * 0.5);
    assert.equal(delayMs(said, sum(heard, softer), 16000)?.ms, 250);
    for (let from = 3200; from < heard.length; from += 3200) heard.fill(0, from, from + 320);
    assert.equal(delayMs(said, heard, 16000)?.ms, 250);
  });

  it('leaves out what is heard while nothing is said', async () => {
    const speech = await speechAt(8000);
    const said = new Int16Array(speech.length * 3);
    said.set(speech, speech.length);
    const heard = echo(said, 800);
    heard.set(speech.toReversed().map((x) => x * 2));
    assert.equal(delayMs(said, heard, 8000)?.ms, 100);
  });

  it('finds it where what was heard ends before all has come back', async () => {
    const said = await speechAt(8000);
    assert.equal(delayMs(said, echo(said, 8000).subarray(0, 30_000), 8000)?.ms, 1000);
  });

  it('finds that of noise that goes on for minutes', () => {
    const said = noise(8000 * 150, 8000);
    assert.equal(delayMs(said, echo(said, 1603), 8000)?.ms, 200.375);
  });

  it('finds none beyond 5 s', async () => {
    const said = await speechAt(8000);
    assert.equal(delayMs(said, echo(said, 40_400), 8000), null);
  });

  it('finds none between unrelated sounds', async () => {
    const said = await speechAt(16000);
    assert.equal(delayMs(said, said.toReversed(), 16000), null);
    assert.equal(delayMs(said.subarray(0, 32_000), said.subarray(56_000, 100_000), 16000), null);
    assert.equal(delayMs(said, noise(said.length, 8000), 16000), null);
    assert.equal(delayMs(said, toneSamples(440, 6000, 16000), 16000), null);
    assert.equal(delayMs(noise(32_000, 8000), noise(32_000, 8000, 7), 16000), null);
  });

  it('finds none where any would do: a steady tone', () => {
    const samples = toneSamples(440, 3000, 8000);
    assert.equal(delayMs(samples, echo(samples, 800), 8000), null);
  });

  it('finds none where nothing is said or heard', async () => {
    const said = await speechAt(8000);
    for (const nothing of [new Int16Array(0), new Int16Array(said.length)]) {
      assert.equal(delayMs(said, nothing, 8000), null);
      assert.equal(delayMs(nothing, said, 8000), null);
    }
  });
});
