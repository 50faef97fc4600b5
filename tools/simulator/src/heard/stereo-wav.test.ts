import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import wavefile from 'wavefile';
import { toneFrames } from '../testing/tone.ts';
import { HeardTrack } from './heard-track.ts';
import { writeStereoWav } from './stereo-wav.ts';

describe('writeStereoWav', () => {
  for (const rate of [8000, 16000, 24000] as const) {
    it(`has the caller on the left and what he heard on the right, at ${rate} Hz`, () => {
      const track = new HeardTrack(rate);
      const said = toneFrames(440, 12_000, rate);
      for (const [tick, frame] of said.entries()) track.add(frame, tick % 3 === 0 ? undefined : said[tick - 1]);
      const wav = new wavefile.WaveFile(writeStereoWav(track));
      const { numChannels, sampleRate, bitsPerSample } = wav.fmt as Record<string, number>;
      assert.deepEqual(
        { numChannels, sampleRate, bitsPerSample },
        { numChannels: 2, sampleRate: rate, bitsPerSample: 16 },
      );
      const [left, right] = wav.getSamples(false, Int16Array) as unknown as [Int16Array, Int16Array];
      assert.deepEqual(left, track.said());
      assert.deepEqual(right, track.heard());
      assert.equal(left.length, rate * 12);
    });
  }

  it('is a WAV file without samples where there was no call', () => {
    const file = writeStereoWav(new HeardTrack(16000));
    assert.equal(file.length, 44);
    assert.equal(new wavefile.WaveFile(file).getSamples(true).length, 0);
  });
});
