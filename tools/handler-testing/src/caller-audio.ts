import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Clip } from '@kodama/handler-kit';
import type { AudioFormat } from '@kodama/shared/voice';
import { decodeSound, loadAudio, Recording } from '@kodama/simulator/heard';

/** A WAV or MP3 file, a clip, or samples at the call's own rate. */
export type SaidAudio = string | URL | Clip | Int16Array;

/** Audio that begins so long after the call's beginning. */
export interface Said {
  readonly atMs: number;
  readonly audio: SaidAudio;
}

interface Part {
  readonly fromSample: number;
  readonly samples: Int16Array;
}

/** What the caller says: silence around and between the parts. */
export class CallerAudio {
  readonly #bytesPerFrame: number;
  readonly #parts: readonly Part[];

  private constructor(format: AudioFormat, parts: readonly Part[]) {
    this.#bytesPerFrame = format.bytesPerFrame;
    this.#parts = parts;
  }

  /**
   * @throws AudioError for a file that cannot be read
   * @throws TypeError for parts that overlap
   */
  static async load(says: readonly Said[], format: AudioFormat): Promise<CallerAudio> {
    const parts: Part[] = [];
    let endSample = 0;
    for (const { atMs, audio } of says.toSorted((a, b) => a.atMs - b.atMs)) {
      const fromSample = Math.round((atMs * format.sampleRateHz) / 1000);
      if (fromSample < endSample) {
        const endMs = Math.round((endSample * 1000) / format.sampleRateHz);
        throw new TypeError(`says: what begins at ${atMs} ms would lie over what goes on until ${endMs} ms`);
      }
      const samples = await samplesAt(audio, format);
      endSample = fromSample + samples.length;
      parts.push({ fromSample, samples });
    }
    return new CallerAudio(format, parts);
  }

  /**
   * A frame of its own memory, at an odd place of it: that is how a socket hands them over, and whoever lays an `Int16Array`
   * over it is to find out here.
   */
  frame(index: number): Buffer {
    const size = this.#bytesPerFrame;
    const frame = Buffer.from(new ArrayBuffer(size + 1), 1);
    const begin = (index * size) / 2;
    const end = begin + size / 2;
    for (const { fromSample, samples } of this.#parts) {
      const from = Math.max(begin, fromSample);
      const to = Math.min(end, fromSample + samples.length);
      for (let at = from; at < to; at++) frame.writeInt16LE(samples[at - fromSample] as number, (at - begin) * 2);
    }
    return frame;
  }
}

async function samplesAt(audio: SaidAudio, format: AudioFormat): Promise<Int16Array> {
  if (audio instanceof Int16Array) return audio;
  if (audio instanceof Clip) return audio.samplesAt(format.sampleRateHz);
  if (typeof audio !== 'string' && !(audio instanceof URL)) {
    throw new TypeError(
      `says: audio is a file's path or URL, a Clip, or an Int16Array of samples at the call's rate, not ${kindOf(audio)}`,
    );
  }
  const recording = isMp3(audio) ? await loadMp3(audio) : await loadAudio(audio);
  const frames = Buffer.concat(await recording.framesAt(format.sampleRateHz));
  // The last frame is filled up with silence, which is no part of the audio.
  const length = Math.round((recording.durationMs * format.sampleRateHz) / 1000);
  return Int16Array.from({ length }, (_, i) => frames.readInt16LE(i * 2));
}

/** The name of what it is, as its audio would fill a screen. */
const kindOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? `a ${value.constructor?.name ?? 'bare object'}` : String(value);

const isMp3 = (file: string | URL): boolean => /\.mp3$/i.test(file instanceof URL ? file.pathname : file);

async function loadMp3(file: string | URL): Promise<Recording> {
  return new Recording(await decodeSound(await readFile(file), file instanceof URL ? fileURLToPath(file) : file));
}
