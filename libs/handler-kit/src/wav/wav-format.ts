import { checkedFormat } from '../pcm/checked-format.ts';
import { bytesPerSample } from '../pcm/sample-encoding.ts';
import { AudioFormatError, type SampleEncoding, type SourceFormat } from '../pcm/source-format.ts';

/** The part of a `fmt ` chunk that says anything: 16 bytes, 40 where it is extensible. */
export const FORMAT_CHUNK_BYTES = 40;

const SHORTEST_BYTES = 16;

/** The codec's number stands in an extension, in the first bytes of an id whose rest is always this. */
const EXTENSIBLE = 0xfffe;
const SUBFORMAT_AT = 24;
const SUBFORMAT_REST = Buffer.from('000000001000800000aa00389b71', 'hex');

/** By the codec's number and the bits of a sample. */
const ENCODINGS: Readonly<Record<string, SampleEncoding>> = {
  '1/8': 'u8',
  '1/16': 's16le',
  '1/24': 's24le',
  '1/32': 's32le',
  '3/32': 'f32le',
  '6/8': 'alaw',
  '7/8': 'mulaw',
};

/** What strangers are most likely to find in their files. */
const CODEC_NAMES: Readonly<Record<number, string>> = {
  1: 'PCM',
  2: 'Microsoft ADPCM',
  3: 'floating point',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG',
  85: 'MP3',
  255: 'AAC',
};

/**
 * Reads the beginning of a `fmt ` chunk.
 *
 * @throws AudioFormatError where it is broken, or of a codec that cannot be read
 */
export function parseWavFormat(chunk: Buffer): Required<SourceFormat> {
  if (chunk.length < SHORTEST_BYTES) {
    throw new AudioFormatError(
      `the WAV file is broken: its format takes ${chunk.length} bytes, and has to take ${SHORTEST_BYTES} at least`,
    );
  }
  const codec = codecOf(chunk);
  const channels = chunk.readUInt16LE(2);
  const sampleRateHz = chunk.readUInt32LE(4);
  const bytesPerMoment = chunk.readUInt16LE(12);
  const bits = chunk.readUInt16LE(14);
  const encoding = ENCODINGS[`${codec}/${bits}`];
  if (encoding === undefined) {
    const name = CODEC_NAMES[codec] ?? `codec ${codec}`;
    throw new AudioFormatError(
      `a WAV file of ${name} with ${bits} bits a sample cannot be played: it may be PCM of 8, 16, 24 or 32 bits, ` +
        'floating point of 32 bits, A-law or µ-law',
    );
  }
  const format = checkedFormat({ sampleRateHz, channels, encoding });
  if (bytesPerMoment !== channels * bytesPerSample(encoding)) {
    throw new AudioFormatError(
      `the WAV file is broken: ${channels} ${channels === 1 ? 'sample' : 'samples'} of ${bits} bits do not take ${bytesPerMoment} bytes`,
    );
  }
  return format;
}

function codecOf(chunk: Buffer): number {
  const codec = chunk.readUInt16LE(0);
  if (codec !== EXTENSIBLE) return codec;
  if (chunk.length < FORMAT_CHUNK_BYTES) {
    throw new AudioFormatError('the WAV file is broken: its format is called extensible, and has no extension');
  }
  if (!chunk.subarray(SUBFORMAT_AT + 2, FORMAT_CHUNK_BYTES).equals(SUBFORMAT_REST)) {
    const id = chunk.subarray(SUBFORMAT_AT, FORMAT_CHUNK_BYTES).toString('hex');
    throw new AudioFormatError(
      `a WAV file of the codec ${id} cannot be played: it may be PCM, floating point or G.711`,
    );
  }
  return chunk.readUInt16LE(SUBFORMAT_AT);
}
