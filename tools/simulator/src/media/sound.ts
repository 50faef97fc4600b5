import { MPEGDecoder } from 'mpg123-decoder';
import { type MonoAudio, readWav, wavBitDepth } from './wav.ts';

/**
 * Decodes a sound file, a WAV of 16 bits or an MP3, whatever it is named; channels are averaged.
 *
 * @param name what the file is called in an error.
 * @throws {Error} where it is neither, or broken; the message is a sentence that names it and says what was found.
 */
export async function decodeSound(bytes: Uint8Array, name: string): Promise<MonoAudio> {
  if (isWav(bytes)) return decodeWav(bytes, name);
  if (isMp3(bytes)) return decodeMp3(bytes, name);
  throw new Error(`${name} is neither a WAV nor an MP3 file: ${beginning(bytes)}`);
}

/** RIFF, or one of its variants for other byte orders and sizes. */
const isWav = (bytes: Uint8Array): boolean => ['RIFF', 'RIFX', 'RF64'].includes(latin1(bytes, 4));

/** An ID3 tag, or the eleven set bits of a frame's header; where the layer's bits are 00, it is AAC. */
function isMp3(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return latin1(bytes, 3) === 'ID3' || (first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0);
}

function decodeWav(bytes: Uint8Array, name: string): MonoAudio {
  let audio: MonoAudio;
  let bitDepth: string;
  try {
    audio = readWav(bytes);
    bitDepth = wavBitDepth(bytes);
  } catch (cause) {
    throw new Error(`${name} is not a WAV file that can be read: ${(cause as Error).message}`, { cause });
  }
  if (bitDepth !== '16')
    throw new Error(`${name} is a WAV file of ${SAMPLES[bitDepth] ?? `${bitDepth} bits`}, not 16 bits`);
  return audio;
}

/** What a file's bit depth says where that is no number of bits. */
const SAMPLES: Readonly<Record<string, string>> = {
  '32f': 'floats',
  '64': 'floats',
  '8m': 'mu-law samples',
  '8a': 'A-law samples',
};

async function decodeMp3(bytes: Uint8Array, name: string): Promise<MonoAudio> {
  const decoder = new MPEGDecoder();
  try {
    await decoder.ready;
    const { channelData, samplesDecoded, sampleRate, errors } = decoder.decode(bytes);
    if (samplesDecoded === 0) {
      const reason = errors[0] ? `: ${errors[0].message}` : '';
      throw new Error(`${name} is not an MP3 file that can be read: there is no audio in it${reason}`);
    }
    const samples = new Float64Array(samplesDecoded);
    for (const channel of channelData) {
      for (let i = 0; i < samplesDecoded; i++) {
        samples[i] = (samples[i] as number) + (channel[i] as number) / channelData.length;
      }
    }
    return { samples, sampleRateHz: sampleRate };
  } finally {
    decoder.free();
  }
}

function beginning(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty';
  return `it begins with ${JSON.stringify(latin1(bytes, 16))}`;
}

const latin1 = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length)).toString('latin1');
