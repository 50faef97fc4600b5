import { readFile } from 'node:fs/promises';
import { bytesPerFrame, type SampleRateHz, toInt16 } from './audio-format.ts';
import { type Conversion, HIGHEST_RATE_HZ, isRateHz, LOWEST_RATE_HZ, resample } from './resample.ts';
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
  readonly #conversion: Conversion;
  readonly #frames = new Map<SampleRateHz, Promise<readonly Buffer[]>>();

  /** @param conversion how it is brought to the rates that are asked for. */
  constructor(audio: MonoAudio, conversion: Conversion = {}) {
    this.#audio = audio;
    this.#conversion = conversion;
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
    const frames = this.#frames.get(sampleRateHz) ?? this.#makeFrames(sampleRateHz);
    this.#frames.set(sampleRateHz, frames);
    return gain === 1 ? frames : (await frames).map((frame) => amplified(frame, gain));
  }

  async #makeFrames(sampleRateHz: SampleRateHz): Promise<readonly Buffer[]> {
    const { samples, sampleRateHz: fromHz } = this.#audio;
    return cutIntoFrames(await resample(samples, fromHz, sampleRateHz, this.#conversion), sampleRateHz);
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
  if (!isRateHz(rate)) {
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
    pcm.writeInt16LE(toInt16((samples[i] as number) * 2 ** 15), i * 2);
  }
  return Array.from({ length: count }, (_, k) => pcm.subarray(k * size, (k + 1) * size));
}

function amplified(frame: Buffer, gain: number): Buffer {
  const louder = Buffer.alloc(frame.length);
  for (let at = 0; at < frame.length; at += 2) louder.writeInt16LE(toInt16(frame.readInt16LE(at) * gain), at);
  return louder;
}
