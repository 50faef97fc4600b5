import { FRAME_MS, levelDbfs, strongestTone } from '@kodama/simulator/heard';
import { cutByTones } from './tone-cuts.ts';

/** A stretch of sound. */
export interface Sound {
  readonly fromMs: number;
  readonly toMs: number;
  /** The effective (RMS) level over the whole of it, to a tenth. */
  readonly levelDbfs: number;
  /** The frequency that dominates, where one does: a tone, to a hertz. */
  readonly hz?: number;
  /** How much of it is missing, where some is: frames that were not there in time. */
  readonly gapMs?: number;
}

/** What is below this is silence: speech is some 30 dB above it, comfort noise 10 below. */
const SILENCE_DBFS = -50;
const SILENCE_LIMIT = 2 ** 15 * 10 ** (SILENCE_DBFS / 20);

/** Sound is looked for in windows of this, each half over the one before. */
const WINDOW_MS = 10;

/** A pause of this parts two sounds; a shorter one belongs to the sound. */
const PAUSE_MS = 60;

/** A tone is at least this part of all power. */
const LEAST_TONE_SHARE = 0.8;

/** So much of a sound is looked at for its tone, from its middle, ms. */
const TONE_MS = 500;

/** From one index up to another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The stretches of sound in samples, in their order: what is above -50 dBFS, without the pauses of 60 ms and more. Where a tone
 * begins, ends or changes within a sound, there begins another one. A stretch begins and ends with the sound itself, so the
 * same sound is the same wherever it lies.
 *
 * @param presence a value for each 20 ms: 0 where there was no frame; without it, none is missing
 */
export function soundsIn(samples: Int16Array, sampleRateHz: number, presence?: Uint8Array): Sound[] {
  return loudStretches(samples, sampleRateHz)
    .flatMap((stretch) => cutByTones(samples, sampleRateHz, stretch))
    .map((stretch) => soundOf(stretch, samples, sampleRateHz, presence));
}

function soundOf({ from, to }: Stretch, samples: Int16Array, sampleRateHz: number, presence?: Uint8Array): Sound {
  const toMs = (index: number) => Math.round((index * 1000) / sampleRateHz);
  const hz = toneOf(samples.subarray(from, to), sampleRateHz);
  const samplesPerFrame = (sampleRateHz * FRAME_MS) / 1000;
  const frames = presence?.subarray(Math.floor(from / samplesPerFrame), Math.ceil(to / samplesPerFrame));
  const gapMs = (frames ?? []).filter((isThere) => isThere === 0).length * FRAME_MS;
  return {
    fromMs: toMs(from),
    toMs: toMs(to),
    levelDbfs: Math.round(levelDbfs(samples.subarray(from, to)) * 10) / 10,
    ...(hz !== undefined && { hz }),
    ...(gapMs > 0 && { gapMs }),
  };
}

function toneOf(sound: Int16Array, sampleRateHz: number): number | undefined {
  const length = Math.min(sound.length, Math.round((sampleRateHz * TONE_MS) / 1000));
  const from = Math.floor((sound.length - length) / 2);
  const found = strongestTone(sound.subarray(from, from + length), sampleRateHz);
  return found && found.shareOfPower >= LEAST_TONE_SHARE ? Math.round(found.hz) : undefined;
}

function loudStretches(samples: Int16Array, sampleRateHz: number): Stretch[] {
  const size = Math.round((sampleRateHz * WINDOW_MS) / 1000);
  const pause = (sampleRateHz * PAUSE_MS) / 1000;
  const found: Stretch[] = [];
  for (let start = 0; start < samples.length; start += size / 2) {
    const window = loudPart(samples, start, Math.min(samples.length, start + size), size);
    if (window === undefined) continue;
    const last = found.at(-1);
    if (last && window.from - last.to < pause) {
      found[found.length - 1] = { from: last.from, to: Math.max(last.to, window.to) };
    } else {
      found.push(window);
    }
  }
  return found;
}

/** From the first sample above the limit to after the last one, where the whole window is above it. */
function loudPart(samples: Int16Array, from: number, to: number, size: number): Stretch | undefined {
  let squares = 0;
  let first = -1;
  let last = -1;
  for (let i = from; i < to; i++) {
    const sample = samples[i] as number;
    squares += sample * sample;
    if (Math.abs(sample) < SILENCE_LIMIT) continue;
    if (first < 0) first = i;
    last = i;
  }
  return first >= 0 && squares >= size * SILENCE_LIMIT ** 2 ? { from: first, to: last + 1 } : undefined;
}
