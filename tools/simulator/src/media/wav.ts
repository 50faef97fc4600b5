import wavefile from 'wavefile';

/** Mono audio of any rate; samples lie between -1 and 1. */
export interface MonoAudio {
  samples: Float64Array;
  sampleRateHz: number;
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

/** A 16-bit mono WAV file of signed little-endian samples. */
export function writeWav(pcm16le: Buffer, sampleRateHz: number): Uint8Array {
  const samples = Int16Array.from({ length: pcm16le.length / 2 }, (_, i) => pcm16le.readInt16LE(i * 2));
  const wav = new wavefile.WaveFile();
  wav.fromScratch(1, sampleRateHz, '16', samples);
  return wav.toBuffer();
}
