import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AudioFormatError } from '../pcm/source-format.ts';
import { wavHeader } from './wav-header.ts';
import { WavReader } from './wav-reader.ts';

const chunk = (id: string, content: Buffer, size = content.length) => {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
};

interface FormatFields {
  codec?: number;
  channels?: number;
  rateHz?: number;
  bits?: number;
  bytesPerMoment?: number;
}

const formatChunk = ({ codec = 1, channels = 1, rateHz = 16000, bits = 16, bytesPerMoment }: FormatFields = {}) => {
  const content = Buffer.alloc(16);
  content.writeUInt16LE(codec, 0);
  content.writeUInt16LE(channels, 2);
  content.writeUInt32LE(rateHz, 4);
  content.writeUInt16LE(bytesPerMoment ?? (channels * bits) / 8, 12);
  content.writeUInt16LE(bits, 14);
  return content;
};

const extensible = (fields: FormatFields, subformat: string) => {
  const extension = Buffer.alloc(8);
  extension.writeUInt16LE(22, 0);
  return Buffer.concat([formatChunk({ codec: 0xfffe, ...fields }), extension, Buffer.from(subformat, 'hex')]);
};
const GUID_REST = '000000001000800000aa00389b71';

const riff = (...chunks: Buffer[]) => Buffer.concat([Buffer.from('RIFF....WAVE', 'latin1'), ...chunks]);

function readAll(file: Uint8Array, pieceLength = file.length || 1) {
  const reader = new WavReader();
  const audio: Uint8Array[] = [];
  for (let at = 0; at < file.length; at += pieceLength) {
    audio.push(Buffer.from(reader.read(file.subarray(at, at + pieceLength))));
  }
  return { format: reader.end(), audio: Buffer.concat(audio).toString('latin1'), done: reader.done };
}

const refused = (file: Buffer, message: RegExp) => {
  for (const pieceLength of [1, 7, file.length || 1]) {
    assert.throws(() => readAll(file, pieceLength), { name: 'AudioFormatError', message });
  }
};

const AUDIO = Buffer.from('audio-audio!', 'latin1');

describe('WavReader', () => {
  it('finds the format and the audio, in pieces of every length', () => {
    const file = Buffer.concat([wavHeader({ sampleRateHz: 16000, channels: 1, dataBytes: AUDIO.length }), AUDIO]);
    for (let pieceLength = 1; pieceLength <= file.length; pieceLength++) {
      assert.deepEqual(readAll(file, pieceLength), {
        format: { sampleRateHz: 16000, channels: 1, encoding: 's16le' },
        audio: 'audio-audio!',
        done: true,
      });
    }
  });

  it('knows the encodings that can be played', () => {
    const encoding = (content: Buffer) => readAll(riff(chunk('fmt ', content), chunk('data', AUDIO))).format.encoding;
    assert.equal(encoding(formatChunk({ bits: 8 })), 'u8');
    assert.equal(encoding(formatChunk({ bits: 24 })), 's24le');
    assert.equal(encoding(formatChunk({ bits: 32 })), 's32le');
    assert.equal(encoding(formatChunk({ codec: 3, bits: 32 })), 'f32le');
    assert.equal(encoding(formatChunk({ codec: 6, bits: 8 })), 'alaw');
    assert.equal(encoding(formatChunk({ codec: 7, bits: 8 })), 'mulaw');
    assert.equal(encoding(extensible({ bits: 24, channels: 2 }, `0100${GUID_REST}`)), 's24le');
    assert.equal(encoding(extensible({ bits: 32 }, `0300${GUID_REST}`)), 'f32le');
  });

  it('skips chunks that say nothing here, odd ones with their padding, and empty ones', () => {
    const file = riff(
      chunk('JUNK', Buffer.from('odd')),
      chunk('fmt ', Buffer.concat([formatChunk({ channels: 2 }), Buffer.from('more')])),
      chunk('fact', Buffer.alloc(0)),
      chunk('LIST', Buffer.alloc(3001, 'data')),
      chunk('data', AUDIO),
      chunk('id3 ', Buffer.from('behind it')),
    );
    for (const pieceLength of [1, 2, 11, 4096]) {
      const { format, audio, done } = readAll(file, pieceLength);
      assert.deepEqual([format.channels, audio, done], [2, 'audio-audio!', true]);
    }
  });

  it('takes a size of 0 or of the most there is for a stream whose length nobody knew', () => {
    for (const size of [0, 0xffffffff]) {
      const { audio, done } = readAll(riff(chunk('fmt ', formatChunk()), chunk('data', AUDIO, size)), 5);
      assert.deepEqual([audio, done], ['audio-audio!', false]);
    }
  });

  it('gives what is there of a file that is cut off in its audio', () => {
    const { audio, done } = readAll(riff(chunk('fmt ', formatChunk()), chunk('data', AUDIO, 1000)), 5);
    assert.deepEqual([audio, done], ['audio-audio!', false]);
    assert.equal(readAll(riff(chunk('fmt ', formatChunk()), chunk('data', Buffer.alloc(0), 1000))).audio, '');
  });

  it('refuses what is no WAV file, and says what it is', () => {
    refused(Buffer.alloc(0), /it is empty/);
    refused(Buffer.from('RIF'), /ends after 3 bytes/);
    refused(Buffer.from('ID3\x03 and so on', 'latin1'), /no WAV file: it begins with "ID3/);
    refused(Buffer.from('OggS'), /"OggS" instead of "RIFF"/);
    refused(Buffer.from('RIFX....WAVE'), /RIFX \(big-endian\) .* has to be RIFF/);
    refused(Buffer.from('RF64....WAVE'), /RF64 \(longer than 4 GiB\)/);
    refused(Buffer.from('RIFF....AVI '), /"AVI ", not "WAVE"/);
  });

  it('refuses what is broken', () => {
    refused(riff(chunk('data', AUDIO)), /its audio comes before its format/);
    refused(riff(chunk('fmt ', formatChunk())), /ends after 36 bytes, in front of its audio/);
    refused(riff(chunk('fmt ', formatChunk().subarray(0, 14)), chunk('data', AUDIO)), /14 bytes, and has to take 16/);
    refused(riff(chunk('fmt ', Buffer.alloc(0)), chunk('data', AUDIO)), /0 bytes/);
    refused(riff(chunk('fmt ', formatChunk({ codec: 0xfffe })), chunk('data', AUDIO)), /called extensible/);
    refused(
      riff(chunk('fmt ', formatChunk({ channels: 2, bytesPerMoment: 2 }))),
      /2 samples of 16 bits do not take 2 bytes/,
    );
  });

  it('refuses codecs, channels and rates that cannot be played', () => {
    const format = (fields: FormatFields) => riff(chunk('fmt ', formatChunk(fields)), chunk('data', AUDIO));
    refused(format({ codec: 85, bits: 0 }), /MP3 with 0 bits .* 8, 16, 24 or 32 bits/);
    refused(format({ codec: 2, bits: 4 }), /Microsoft ADPCM/);
    refused(format({ codec: 3, bits: 64 }), /floating point with 64 bits/);
    refused(format({ codec: 1, bits: 12 }), /PCM with 12 bits/);
    refused(format({ codec: 4711 }), /codec 4711/);
    refused(format({ channels: 0 }), /0 channels/);
    refused(format({ channels: 9 }), /9 channels/);
    refused(format({ rateHz: 0 }), /0 samples a second/);
    refused(format({ rateHz: 7999 }), /7999 samples a second/);
    refused(format({ rateHz: 4_000_000_000 }), /4000000000 samples a second/);
    refused(
      riff(chunk('fmt ', extensible({}, `0100${'00'.repeat(14)}`)), chunk('data', AUDIO)),
      /codec 0100000000000000.* cannot be played/,
    );
  });

  it('gives up a file that has no audio in its first 16 MB', () => {
    const skipped = (bytes: number) => {
      const reader = new WavReader();
      reader.read(riff(chunk('fmt ', formatChunk()), chunk('JUNK', Buffer.alloc(0), bytes)));
      const piece = Buffer.alloc(2 ** 20);
      for (let left = bytes; left > 0; left -= piece.length) reader.read(piece.subarray(0, left));
      return reader.read(chunk('data', AUDIO)).length;
    };
    const most = 16 * 2 ** 20 - (12 + 24 + 8) - 8;
    assert.equal(skipped(most), AUDIO.length);
    assert.throws(() => skipped(most + 2), { name: 'AudioFormatError', message: /no audio in its first 16 MB/ });
    assert.throws(() => skipped(0xfffffffe), { name: 'AudioFormatError' });
  });

  it('throws nothing but AudioFormatError, whatever it reads, and finds the same in any pieces', () => {
    const word = fc.oneof(
      fc.constantFrom('RIFF', 'RIFX', 'WAVE', 'fmt ', 'data', 'LIST').map((text) => Buffer.from(text, 'latin1')),
      fc.nat(40).map((size) => chunk('', Buffer.alloc(0), size).subarray(4)),
      fc
        .record({ codec: fc.nat(8), channels: fc.nat(10), bits: fc.nat(40) })
        .map((fields) => formatChunk({ ...fields, bytesPerMoment: 2 })),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(chunk('fmt ', formatChunk()), chunk('data', AUDIO), chunk('data', AUDIO, 5), riff()),
    );
    const file = fc.tuple(fc.nat(2), fc.array(word, { maxLength: 12 }));
    let played = 0;
    fc.assert(
      fc.property(file, fc.integer({ min: 1, max: 50 }), ([begun, words], pieceLength) => {
        // Nothing, the file's header, or that and its format are as they should be.
        const bytes = Buffer.concat([...[riff(), chunk('fmt ', formatChunk())].slice(0, begun), ...words]);
        const attempt = (length: number) => {
          try {
            return readAll(bytes, length);
          } catch (error) {
            assert.ok(error instanceof AudioFormatError, String(error));
            return error.message;
          }
        };
        const whole = attempt(bytes.length || 1);
        if (typeof whole === 'object' && whole.audio !== '') played += 1;
        assert.deepEqual(attempt(pieceLength), whole);
      }),
      { numRuns: 1500 },
    );
    assert.ok(played > 20, `only ${played} of the files could be played`);
  });
});
