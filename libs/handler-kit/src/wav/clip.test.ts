import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Resampler } from '../pcm/resampler.ts';
import { bytesOf } from '../pcm/samples.ts';
import { silence } from '../pcm/tone.ts';
import { Clip } from './clip.ts';
import { wavHeader } from './wav-header.ts';

const hum = (rateHz: number, seconds: number) =>
  Int16Array.from({ length: rateHz * seconds }, (_, i) => 9000 * Math.sin((2 * Math.PI * 300 * i) / rateHz));

const wavOf = (samples: Int16Array, sampleRateHz: number, channels = 1) =>
  Buffer.concat([wavHeader({ sampleRateHz, channels, dataBytes: samples.byteLength }), bytesOf(samples)]);

const resampled = (samples: Int16Array, fromHz: number, toHz: number) => {
  const resampler = new Resampler(fromHz, toHz);
  return Int16Array.from([...resampler.convert(samples), ...resampler.flush()]);
};

describe('Clip', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kodama-clip-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('knows its rate and length, and keeps a copy of the samples', () => {
    const samples = hum(8000, 1);
    const clip = Clip.ofSamples(samples.subarray(0, 4000), 8000);
    const expected = samples.slice(0, 4000);
    samples.fill(0);
    assert.deepEqual([clip.durationMs, clip.sampleRateHz], [500, 8000]);
    assert.deepEqual(clip.samplesAt(8000), expected);
    assert.throws(() => Clip.ofSamples(samples, 7999), { name: 'AudioFormatError' });
  });

  it('is converted once for each rate, however often it is played', () => {
    const samples = hum(24000, 1);
    const clip = Clip.ofSamples(samples, 24000);
    const at16k = clip.samplesAt(16000);
    assert.deepEqual(at16k, resampled(samples, 24000, 16000));
    const again = clip.samplesAt(16000);
    assert.equal(again.buffer, at16k.buffer);
    const [first] = clip.piecesAt(16000);
    assert.equal(first?.buffer, at16k.buffer);
    assert.notEqual(clip.samplesAt(8000).buffer, at16k.buffer);
  });

  it('is converted a piece of 200 ms at a time, by whoever comes first', () => {
    const samples = hum(44100, 1);
    const clip = Clip.ofSamples(samples, 44100);
    const [ahead, behind] = [clip.piecesAt(16000), clip.piecesAt(16000)];
    const pieces: Int16Array[] = [];
    for (let i = 0; i < 5; i++) {
      const piece = ahead.next().value;
      assert.deepEqual(behind.next().value, piece);
      pieces.push(piece);
    }
    assert.equal(ahead.next().done, true);
    assert.deepEqual(
      pieces.map((piece) => piece.length),
      [3200, 3200, 3200, 3200, 3200],
    );
    assert.deepEqual(Int16Array.from(pieces.flatMap((piece) => [...piece])), resampled(samples, 44100, 16000));
  });

  it('comes in pieces of its own memory where it has the rate', () => {
    const clip = Clip.ofSamples(hum(8000, 0.5), 8000);
    const pieces = [...clip.piecesAt(8000)];
    assert.deepEqual(
      pieces.map(({ length }) => length),
      [1600, 1600, 800],
    );
    assert.ok(pieces.every((piece) => piece.buffer === clip.samplesAt(8000).buffer));
  });

  it('refuses a rate that it cannot be brought to, before it gives a piece', () => {
    const clip = Clip.ofSamples(new Int16Array(10), 44101);
    assert.throws(() => clip.piecesAt(8000), { name: 'AudioFormatError' });
    assert.throws(() => clip.samplesAt(8000), { name: 'AudioFormatError' });
  });

  it('joins clips at the highest of their rates, silence at any', () => {
    const [low, high] = [Clip.ofSamples(hum(8000, 0.5), 8000), Clip.ofSamples(hum(24000, 0.5), 24000)];
    const same = Clip.join(low, silence(200), low);
    assert.deepEqual([same.sampleRateHz, same.durationMs], [8000, 1200]);
    const own = low.samplesAt(8000);
    assert.deepEqual([...same.samplesAt(8000)], [...own, ...new Int16Array(1600), ...own]);
    const mixed = Clip.join(low, silence(200), high);
    assert.deepEqual([mixed.sampleRateHz, mixed.durationMs], [24000, 1200]);
    assert.deepEqual(
      [...mixed.samplesAt(24000)],
      [...low.samplesAt(24000), ...new Int16Array(4800), ...high.samplesAt(24000)],
    );
    assert.equal(Clip.join().durationMs, 0);
  });

  it('reads a WAV file in memory, and does not hold on to it', () => {
    const samples = hum(16000, 0.25);
    const file = wavOf(samples, 16000);
    const clip = Clip.ofWav(file);
    file.fill(0);
    assert.deepEqual([clip.sampleRateHz, clip.durationMs], [16000, 250]);
    assert.deepEqual(clip.samplesAt(16000), samples);
    assert.throws(() => Clip.ofWav(new Uint8Array(0)), { name: 'AudioFormatError', message: /empty/ });
  });

  it('mixes a stereo file down, and takes one without audio for what it is', () => {
    const stereo = Clip.ofWav(wavOf(Int16Array.of(10, 20, -10, -30), 44100, 2));
    assert.deepEqual([...stereo.samplesAt(44100)], [15, -20]);
    const empty = Clip.ofWav(wavOf(new Int16Array(0), 44100));
    assert.deepEqual([empty.sampleRateHz, empty.durationMs, empty.samplesAt(8000).length], [44100, 0, 0]);
  });

  it('loads a file by its path or URL', async () => {
    const path = join(folder, 'hello.wav');
    const samples = hum(24000, 4);
    await writeFile(path, wavOf(samples, 24000));
    for (const place of [path, pathToFileURL(path)]) {
      const clip = await Clip.load(place);
      assert.equal(clip.durationMs, 4000);
      assert.deepEqual(clip.samplesAt(24000), samples);
    }
  });

  it('says which file cannot be loaded, and why', async () => {
    const path = join(folder, 'song.wav');
    await writeFile(path, 'ID3 and so on');
    await assert.rejects(Clip.load(path), {
      name: 'AudioFormatError',
      message: /song\.wav: this is no WAV file: .*"ID3 "/,
    });
    await assert.rejects(Clip.load(join(folder, 'none.wav')), { code: 'ENOENT' });
  });

  it('loads ten minutes and no more', () => {
    const most = new Int16Array(600 * 8000);
    assert.equal(Clip.ofWav(wavOf(most, 8000)).durationMs, 600_000);
    const more = new Int16Array(600 * 8000 + 1);
    assert.throws(() => Clip.ofWav(wavOf(more, 8000)), {
      name: 'AudioFormatError',
      message: /10 minutes .* as a stream/,
    });
  });
});
