import wavefile from 'wavefile';

/** Mono audio of any rate; samples lie between -1 and 1. */
export interface MonoAudio {
  samples: Float64Array;
  sampleRateHz: number;
}

/** A WAV file whose samples are yet to be written. */
export interface WritableWav {
  readonly file: Uint8Array;
  /** A part of the file. */
  readonly samples: Int16Array;
}

/** Integer PCM by its `bitDepth`: the value that stands for silence and the one that stands for full scale. */
const INTEGER_SCALES: Readonly<Record<string, { silence: number; fullScale: number }>> = {
  '8': { silence: 128, fullScale: 128 },
  '16': { silence: 0, fullScale: 2 ** 15 },
  '24': { silence: 0, fullScale: 2 ** 23 },
  '32': { silence: 0, fullScale: 2 ** 31 },
};

const FLOATS = ['32f', '64'];

/**
 * Reads a WAV file of 8, 16, 24 or 32 bits, of floats, A-law or mu-law, and of any number of channels, which are averaged.
 *
 * @throws {Error} where the bytes are no such file; the message says what is wrong.
 */
export function readWav(bytes: Uint8Array): MonoAudio {
  const wav = new wavefile.WaveFile(bytes);
  if (wav.bitDepth === '8m') wav.fromMuLaw('16');
  if (wav.bitDepth === '8a') wav.fromALaw('16');

  const isFloat = FLOATS.includes(wav.bitDepth);
  const scale = isFloat ? { silence: 0, fullScale: 1 } : INTEGER_SCALES[wav.bitDepth];
  if (!scale) throw new Error(`samples of ${wav.bitDepth} bits are not supported; 8, 16, 24, 32 bits and floats are`);

  const { numChannels, sampleRate } = wav.fmt as { numChannels: number; sampleRate: number };
  const interleaved = wav.getSamples(true, Float64Array);
  const samples = new Float64Array(Math.floor(interleaved.length / numChannels));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < numChannels; channel++) sum += interleaved[i * numChannels + channel] as number;
    samples[i] = (sum / numChannels - scale.silence) / scale.fullScale;
  }
  return { samples, sampleRateHz: sampleRate };
}

/** Bits of a sample, as a WAV file tells: `16`, `32f` for floats, `8m` and `8a` for mu-law and A-law. */
export const wavBitDepth = (bytes: Uint8Array): string => new wavefile.WaveFile(bytes).bitDepth;

/** A 16-bit mono WAV file of signed little-endian samples. */
export function writeWav(pcm16le: Buffer, sampleRateHz: number): Uint8Array {
  const { file } = blankWav(1, sampleRateHz, Math.floor(pcm16le.length / 2));
  file.set(pcm16le.subarray(0, pcm16le.length & ~1), HEADER_BYTES);
  return file;
}

/** RIFF, `fmt ` and the head of `data`. */
const HEADER_BYTES = 44;

/**
 * A 16-bit WAV file of silence, and its samples to be written into it, those of the channels by turns.
 *
 * Laid out here, as wavefile would hold an hour of stereo several times in memory and be seconds at it.
 *
 * @param length samples of each channel.
 */
export function blankWav(channels: number, sampleRateHz: number, length: number): WritableWav {
  const bytesPerSample = 2 * channels;
  const dataBytes = length * bytesPerSample;
  const file = Buffer.from(new ArrayBuffer(HEADER_BYTES + dataBytes));
  file.write('RIFF', 0);
  file.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(sampleRateHz, 24);
  file.writeUInt32LE(sampleRateHz * bytesPerSample, 28);
  file.writeUInt16LE(bytesPerSample, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(dataBytes, 40);
  return { file, samples: new Int16Array(file.buffer, HEADER_BYTES, length * channels) };
}
