import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import fc from 'fast-check';
import { pcmConverter } from './pcm-converter.ts';
import { Resampler } from './resampler.ts';
import { bytesOf } from './samples.ts';
import type { SampleEncoding, SourceFormat } from './source-format.ts';

const AT_16K = { sampleRateHz: 16000 };

const refusal = (from: unknown, to: unknown, message: RegExp) =>
  assert.throws(() => pcmConverter(from as SourceFormat, to as SourceFormat), { name: 'AudioFormatError', message });

describe('pcmConverter', () => {
  it('takes a call’s format on either side', () => {
    const toService = pcmConverter(audioFormat(8000), { sampleRateHz: 24000 });
    const fromService = pcmConverter({ sampleRateHz: 24000 }, audioFormat(8000));
    const sent = [toService.convert(new Int16Array(160).fill(1000)), toService.flush()];
    assert.equal((sent[0] as Int16Array).length + (sent[1] as Int16Array).length, 480);
    const back = [...sent.map((piece) => fromService.convert(piece)), fromService.flush()];
    const heard = back.flatMap((piece) => [...piece]);
    assert.equal(heard.length, 160);
    assert.ok(heard.slice(64, 96).every((sample) => Math.abs(sample - 1000) <= 1));
  });

  it('gives the very memory back where there is nothing to convert', () => {
    const converter = pcmConverter(AT_16K, audioFormat(16000));
    const samples = Int16Array.of(1, 2, 3);
    assert.equal(converter.convert(samples), samples);
    const bytes = bytesOf(samples);
    assert.equal(converter.convert(bytes).buffer, samples.buffer);
    assert.deepEqual([...converter.convert(bytes)], [1, 2, 3]);
    assert.equal(converter.flush().length, 0);
  });

  it('makes whole samples of pieces that end within one, also where there is nothing else to do', () => {
    const converter = pcmConverter(AT_16K, AT_16K);
    const all = ['01', '0002', '00', '030004', '00', 'ff'].flatMap((hex) => [
      ...converter.convert(Buffer.from(hex, 'hex')),
    ]);
    assert.deepEqual(all, [1, 2, 3, 4]);
    converter.flush();
    assert.deepEqual([...converter.convert(Buffer.from('0500', 'hex'))], [5]);
  });

  it('decodes, mixes and rounds at one rate', () => {
    const from: SourceFormat = { sampleRateHz: 8000, channels: 2, encoding: 's24le' };
    const converter = pcmConverter(from, { sampleRateHz: 8000 });
    const moments = '000100 000200' + '800000 000100' + 'ffff7f ffff7f';
    assert.deepEqual([...converter.convert(Buffer.from(moments.replaceAll(' ', ''), 'hex'))], [2, 1, 32767]);
    const stereo = pcmConverter({ sampleRateHz: 8000, channels: 2 }, { sampleRateHz: 8000 });
    assert.deepEqual([...stereo.convert(Int16Array.of(10, 20, 32767, 32767))], [15, 32767]);
  });

  it('gives the same of whatever pieces the bytes are cut into', () => {
    const encodings: SampleEncoding[] = ['s16le', 's16be', 's24le', 'f32le', 'mulaw'];
    fc.assert(
      fc.property(
        fc.constantFrom(...encodings),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(8000, 16000, 44100),
        fc.array(fc.uint8Array({ maxLength: 900 }), { maxLength: 8 }),
        (encoding, channels, sampleRateHz, pieces) => {
          const from = { sampleRateHz, channels, encoding };
          const converted = (parts: Uint8Array[]) => {
            const converter = pcmConverter(from, AT_16K);
            return [...parts.flatMap((part) => [...converter.convert(part)]), ...converter.flush()];
          };
          assert.deepEqual(converted(pieces), converted([Buffer.concat(pieces)]));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('resamples what it has decoded', () => {
    const samples = Int16Array.from({ length: 800 }, (_, i) => 9000 * Math.sin(i / 7));
    const resampler = new Resampler(8000, 16000);
    const expected = [...resampler.convert(samples), ...resampler.flush()];
    const converter = pcmConverter({ sampleRateHz: 8000, encoding: 's16be' }, AT_16K);
    const swapped = Buffer.from(bytesOf(samples)).swap16();
    assert.deepEqual([...converter.convert(swapped), ...converter.flush()], expected);
  });

  it('refuses what it cannot read or write, and says what it could', () => {
    refusal({ sampleRateHz: 7999 }, AT_16K, /7999 samples a second .* 8000 to 192000/);
    refusal({ sampleRateHz: 192001 }, AT_16K, /192001/);
    refusal({ sampleRateHz: 8000.5 }, AT_16K, /8000\.5 .* whole/);
    refusal({}, AT_16K, /undefined/);
    refusal({ ...AT_16K, channels: 0 }, AT_16K, /0 channels .* 1 to 8/);
    refusal({ ...AT_16K, channels: 9 }, AT_16K, /9 channels/);
    refusal({ ...AT_16K, encoding: 'mp3' }, AT_16K, /"mp3" .* s16le, s16be, u8/);
    refusal('ogg', AT_16K, /'wav' or an object .* "ogg"/);
    refusal(null, AT_16K, /null/);
    refusal({ sampleRateHz: 44101 }, AT_16K, /44101 Hz .* 16000 Hz: their ratio is 44101:16000/);
    refusal(AT_16K, { ...AT_16K, encoding: 'mulaw' }, /16-bit mono .* mulaw/);
    refusal(AT_16K, { ...AT_16K, channels: 2 }, /2 channels/);
    for (const good of [{ sampleRateHz: 8000 }, { sampleRateHz: 192000 }, { ...AT_16K, channels: 8 }]) {
      assert.doesNotThrow(() => pcmConverter(good, AT_16K));
    }
  });

  it('refuses samples where the format says something else', () => {
    const converter = pcmConverter({ sampleRateHz: 8000, encoding: 'mulaw' }, AT_16K);
    assert.throws(() => converter.convert(Int16Array.of(1)), { name: 'AudioFormatError', message: /not mulaw/ });
  });
});
