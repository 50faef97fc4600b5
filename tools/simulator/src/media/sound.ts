import { setImmediate as letOthersRun } from 'node:timers/promises';
import { MPEGDecoder } from 'mpg123-decoder';
import { HIGHEST_RATE_HZ, isRateHz, LOWEST_RATE_HZ } from './resample.ts';
import { type MonoAudio, readWav, wavBitDepth } from './wav.ts';

/** Longest that a sound may be. A small MP3 may hold many hours. */
const LIMIT_MINUTES = 30;
/** Of an MP3, decoded at a time. */
const PIECE_BYTES = 64 * 1024;

/**
 * Decodes a sound file, a WAV of 16 bits or an MP3, whatever it is named; channels are averaged.
 *
 * @param name what the file is called in an error.
 * @throws {Error} where it is neither, broken, too long, or of a rate that cannot be converted; the message is a sentence that names it and says what was found.
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
  const rate = audio.sampleRateHz;
  if (!isRateHz(rate)) {
    throw new Error(
      `${name} has ${rate} samples a second, not a whole number from ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ}`,
    );
  }
  checkLength(audio.samples.length, rate, name);
  return audio;
}

function checkLength(samples: number, sampleRateHz: number, name: string): void {
  if (samples <= LIMIT_MINUTES * 60 * sampleRateHz) return;
  throw new Error(`${name} is longer than the ${LIMIT_MINUTES} minutes that are allowed`);
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
    const pieces: Float32Array[] = [];
    let length = 0;
    let sampleRateHz = 0;
    let reason = '';
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const decoded = decoder.decode(bytes.subarray(start, start + PIECE_BYTES));
      reason ||= decoded.errors[0] ? `: ${decoded.errors[0].message}` : '';
      if (decoded.samplesDecoded > 0) {
        pieces.push(averaged(decoded.channelData, decoded.samplesDecoded));
        length += decoded.samplesDecoded;
        sampleRateHz = decoded.sampleRate;
        checkLength(length, sampleRateHz, name);
      }
      await letOthersRun();
    }
    if (length === 0) {
      throw new Error(`${name} is not an MP3 file that can be read: there is no audio in it${reason}`);
    }
    const samples = new Float64Array(length);
    let at = 0;
    for (const piece of pieces) {
      samples.set(piece, at);
      at += piece.length;
    }
    return { samples, sampleRateHz };
  } finally {
    decoder.free();
  }
}

function averaged(channels: readonly Float32Array[], length: number): Float32Array {
  const samples = new Float32Array(length);
  for (const channel of channels) {
    for (let i = 0; i < length; i++) samples[i] = (samples[i] as number) + (channel[i] as number) / channels.length;
  }
  return samples;
}

function beginning(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty';
  return `it begins with ${JSON.stringify(latin1(bytes, 16))}`;
}

const latin1 = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length)).toString('latin1');
