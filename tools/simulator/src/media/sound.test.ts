import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import wavefile from 'wavefile';
import { decodeSound } from './sound.ts';
import { writeWav } from './wav.ts';

/** Half a second of 440 Hz at half of full scale, 16 kHz mono: a sine made by us, encoded by LAME 3.100 (-b 24 --cbr). */
const toneMp3 = await readFile(new URL('../testing/tone.mp3', import.meta.url));

/** The part of the power that is at 440 Hz, and the effective level. */
function toneIn(samples: Float64Array, sampleRateHz: number): { share: number; level: number } {
  let re = 0;
  let im = 0;
  let power = 0;
  for (const [i, sample] of samples.entries()) {
    re += sample * Math.cos((2 * Math.PI * 440 * i) / sampleRateHz);
    im += sample * Math.sin((2 * Math.PI * 440 * i) / sampleRateHz);
    power += sample * sample;
  }
  return { share: (2 * (re * re + im * im)) / samples.length / power, level: Math.sqrt(power / samples.length) };
}

describe('decodeSound', () => {
  it('decodes an MP3 file, whatever it is named', async () => {
    const { samples, sampleRateHz } = await decodeSound(toneMp3, 'tone.wav');
    assert.equal(sampleRateHz, 16000);
    assert.ok(samples.length >= 8000 && samples.length < 10_000, `there are ${samples.length} samples`);
    const { share, level } = toneIn(samples.subarray(2000, 7000), sampleRateHz);
    assert.ok(share > 0.99, `the tone has ${share}`);
    assert.ok(Math.abs(level - 0.3536) < 0.02, `the level is ${level}`);
  });

  it('decodes one behind an ID3 tag, and from a view of a larger buffer', async () => {
    const tag = Buffer.from('ID3\x04\0\0\0\0\0\x0a0123456789', 'latin1');
    const { samples } = await decodeSound(Buffer.concat([tag, toneMp3]), 'tagged.mp3');
    const large = Buffer.concat([Buffer.alloc(7, 0xff), toneMp3]);
    const { samples: same } = await decodeSound(large.subarray(7), 'view.mp3');
    assert.equal(samples.length, same.length);
  });

  it('decodes two at the same time', async () => {
    const [one, two] = await Promise.all([decodeSound(toneMp3, 'one'), decodeSound(toneMp3, 'two')]);
    assert.deepEqual(one, two);
  });

  it('decodes a WAV file', async () => {
    const wav = writeWav(Buffer.from(Int16Array.of(0, 16384, -16384).buffer), 24000);
    assert.deepEqual(await decodeSound(wav, 'a.mp3'), { samples: Float64Array.of(0, 0.5, -0.5), sampleRateHz: 24000 });
  });

  it('averages channels', async () => {
    const wav = new wavefile.WaveFile();
    wav.fromScratch(2, 8000, '16', [Int16Array.of(16384, 0), Int16Array.of(0, -16384)]);
    assert.deepEqual((await decodeSound(wav.toBuffer(), 'b.wav')).samples, Float64Array.of(0.25, -0.25));
  });

  it('takes 30 minutes of either, and not a sample more', async () => {
    const message = 'x is longer than the 30 minutes that are allowed';
    const wav = (samples: number) => writeWav(Buffer.alloc(samples * 2), 1000);
    assert.equal((await decodeSound(wav(1_800_000), 'x')).samples.length, 1_800_000);
    await assert.rejects(decodeSound(wav(1_800_001), 'x'), { message });

    // MPEG 2.5, layer III, 8 kbit/s, 8000 Hz, mono: 576 samples of silence.
    const frame = Buffer.alloc(72);
    frame.set([0xff, 0xe3, 0x18, 0xc0]);
    const mp3 = (frames: number) => Buffer.concat(Array<Buffer>(frames).fill(frame));
    assert.equal((await decodeSound(mp3(25_000), 'x')).samples.length, 14_400_000);
    await assert.rejects(decodeSound(mp3(25_001), 'x'), { message });
  });

  it('takes a WAV file only of a rate that can be converted', async () => {
    for (const rate of [0, 7, 999, 192_001, 1_000_000]) {
      await assert.rejects(decodeSound(writeWav(Buffer.alloc(4), rate), 'x'), {
        message: `x has ${rate} samples a second, not a whole number from 1000 to 192000`,
      });
    }
    for (const rate of [1000, 192_000]) {
      assert.equal((await decodeSound(writeWav(Buffer.alloc(4), rate), 'x')).sampleRateHz, rate);
    }
  });

  for (const [what, bytes, message] of [
    ['nothing', Buffer.alloc(0), 'x is neither a WAV nor an MP3 file: it is empty'],
    [
      'a page',
      Buffer.from('<!doctype html><html>'),
      'x is neither a WAV nor an MP3 file: it begins with "<!doctype html><"',
    ],
    ['Ogg', Buffer.from('OggS\0\x02'), 'x is neither a WAV nor an MP3 file: it begins with "OggS\\u0000\\u0002"'],
    ['AAC', Buffer.of(0xff, 0xf1, 0x50), 'x is neither a WAV nor an MP3 file: it begins with "ÿñP"'],
    ['a torn WAV file', Buffer.from('RIFF1234WAVE'), /^x is not a WAV file that can be read: /],
    [
      'what only begins as MP3',
      Buffer.from([0xff, 0xfb, 1, 2, 3]),
      /^x is not an MP3 file that can be read: there is no audio in it/,
    ],
    [
      'an ID3 tag alone',
      Buffer.from('ID3\x04\0\0\0\0\0\x0a0123456789', 'latin1'),
      /^x is not an MP3 file that can be read/,
    ],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      await assert.rejects(decodeSound(bytes, 'x'), { message });
    });
  }
});
