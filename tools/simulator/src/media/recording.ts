import { readFile } from 'node:fs/promises';
import { bytesPerFrame, type SampleRateHz } from './audio-format.ts';
import { HIGHEST_RATE_HZ, LOWEST_RATE_HZ, resample } from './resample.ts';
import { type MonoAudio, readWav } from './wav.ts';

/** Thrown when audio cannot be had from a file. */
export class AudioError extends Error {
  override readonly name = 'AudioError';
}

/** Six seconds of English speech: what a call says unless it is given something else. */
const SHIPPED_RECORDING = new URL('../../audio/echo-test.wav', import.meta.url);

/** What a caller says. Any number of calls may share one recording: the frames of each rate are made once and only read. */
export class Recording {
  readonly #audio: MonoAudio;
  readonly #frames = new Map<SampleRateHz, Promise<readonly Buffer[]>>();

  constructor(audio: MonoAudio) {
    this.#audio = audio;
  }

  get durationMs(): number {
    return (this.#audio.samples.length / this.#audio.sampleRateHz) * 1000;
  }

  /**
   * The whole recording as frames of 20 ms, signed 16-bit little-endian; silence fills up the last one.
   *
   * @param gain what each sample is multiplied with.
   */
  async framesAt(sampleRateHz: SampleRateHz, gain = 1): Promise<readonly Buffer[]> {
    if (gain !== 1) return this.#makeFrames(sampleRateHz, gain);
    const known = this.#frames.get(sampleRateHz);
    if (known) return known;
    const frames = this.#makeFrames(sampleRateHz, 1);
    this.#frames.set(sampleRateHz, frames);
    return frames;
  }

  async #makeFrames(sampleRateHz: SampleRateHz, gain: number): Promise<readonly Buffer[]> {
    const samples = await resample(this.#audio.samples, this.#audio.sampleRateHz, sampleRateHz);
    return cutIntoFrames(gain === 1 ? samples : samples.map((sample) => sample * gain), sampleRateHz);
  }
}

/** Samples that are at hand already: signed 16-bit, mono. */
export interface PcmSamples {
  samples: Int16Array;
  /** A whole number from 1000 to 192000. */
  sampleRateHz: number;
}

/**
 * Loads what a caller says, from a WAV file (any rate up to 192 kHz, any bit depth; channels are averaged) or from samples.
 *
 * @throws {AudioError} where the file cannot be read, is no WAV file, is empty, or has a rate that cannot be converted.
 */
export async function loadAudio(source: string | URL | PcmSamples = SHIPPED_RECORDING): Promise<Recording> {
  const audio = typeof source === 'string' || source instanceof URL ? await readAudioFile(source) : fromPcm(source);
  if (audio.samples.length === 0) throw new AudioError('there is not one sample in the audio');
  const rate = audio.sampleRateHz;
  if (!(Number.isInteger(rate) && rate >= LOWEST_RATE_HZ && rate <= HIGHEST_RATE_HZ)) {
    throw new AudioError(
      `the audio has ${rate} samples a second, not a whole number from ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ}`,
    );
  }
  return new Recording(audio);
}

async function readAudioFile(path: string | URL): Promise<MonoAudio> {
  const name = path instanceof URL ? path.pathname : path;
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new AudioError(code === 'ENOENT' ? `there is no file ${name}` : `cannot read ${name}: ${message}`, { cause });
  }
  try {
    return readWav(bytes);
  } catch (cause) {
    throw new AudioError(`${name} is not a WAV file that can be read: ${(cause as Error).message}`, { cause });
  }
}

function fromPcm({ samples, sampleRateHz }: PcmSamples): MonoAudio {
  return { samples: Float64Array.from(samples, (sample) => sample / 2 ** 15), sampleRateHz };
}

function cutIntoFrames(samples: Float64Array, sampleRateHz: SampleRateHz): Buffer[] {
  const size = bytesPerFrame(sampleRateHz);
  const count = Math.ceil((samples.length * 2) / size);
  const pcm = Buffer.alloc(count * size);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.round((samples[i] as number) * 2 ** 15);
    pcm.writeInt16LE(Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, value)), i * 2);
  }
  return Array.from({ length: count }, (_, k) => pcm.subarray(k * size, (k + 1) * size));
}
