import { dbfsOfPower, meanPower } from './level.ts';

const WINDOW_MS = 20;

/** Speech is looked for in passages of this many windows (one second), each half over the one before. */
const WINDOWS_PER_PASSAGE = 50;

/** Windows below this, or so far below the loudest of their passage, are pauses. */
const PAUSE_DBFS = -50;
const PAUSE_BELOW_LOUDEST_DB = 30;

/** In a second of speech there is so much sound at least. */
const LEAST_WINDOWS = 8;

/** Syllables: how much the level of the voiced windows varies (the middle half of them). */
const LEAST_LEVEL_SPREAD_DB = 3;

/** Vowels and consonants: how much the rate of zero crossings varies (standard deviation over mean). */
const LEAST_CROSSING_SPREAD = 0.3;

/** A voice: the part of the sounding windows that repeat themselves with a pitch, though not as exactly as a tone. */
const LEAST_VOICED_SHARE = 0.15;
const LEAST_PERIODICITY = 0.5;
const MOST_PERIODICITY = 0.9995;

const RUMBLE_HZ = 100;

const LOWEST_PITCH_HZ = 70;
const HIGHEST_PITCH_HZ = 400;

/** The least of speech that {@link hasSpeech} takes for it: a short word. */
const LEAST_SPEECH_MS = 200;

interface Window {
  readonly levelDbfs: number;
  readonly crossings: number;
  /** Whether it has a pitch and is no plain tone. */
  readonly isVoiced: boolean;
}

/**
 * Says whether somebody speaks, for a fifth of a second at least; a single short word may be missed. Tones, keys, ringing,
 * noise and silence are not speech. Music with a melody line may be taken for it.
 */
export function hasSpeech(samples: Int16Array, sampleRateHz: number): boolean {
  return speechShare(samples, sampleRateHz) * samples.length * 1000 >= LEAST_SPEECH_MS * sampleRateHz;
}

/** The part of the time in which there is speech, 0 to 1; pauses between words are none. */
export function speechShare(samples: Int16Array, sampleRateHz: number): number {
  const windows = windowsOf(samples, sampleRateHz);
  const isSpeech = new Uint8Array(windows.length);
  const step = WINDOWS_PER_PASSAGE / 2;
  for (let from = 0; from === 0 || from + step < windows.length; from += step) {
    const passage = windows.slice(from, from + WINDOWS_PER_PASSAGE);
    const limit = pauseLimit(passage);
    if (!isSpoken(passage.filter((window) => window.levelDbfs >= limit))) continue;
    for (const [i, window] of passage.entries()) if (window.levelDbfs >= limit) isSpeech[from + i] = 1;
  }
  return windows.length === 0 ? 0 : isSpeech.reduce((sum, one) => sum + one, 0) / windows.length;
}

const pauseLimit = (passage: readonly Window[]): number =>
  Math.max(PAUSE_DBFS, Math.max(...passage.map((window) => window.levelDbfs)) - PAUSE_BELOW_LOUDEST_DB);

function isSpoken(sounding: readonly Window[]): boolean {
  if (sounding.length < LEAST_WINDOWS) return false;
  const voiced = sounding.filter((window) => window.isVoiced).map((window) => window.levelDbfs);
  return (
    voiced.length >= LEAST_VOICED_SHARE * sounding.length &&
    middleHalf(voiced) >= LEAST_LEVEL_SPREAD_DB &&
    relativeDeviation(sounding.map((window) => window.crossings)) >= LEAST_CROSSING_SPREAD
  );
}

function windowsOf(sound: Int16Array, sampleRateHz: number): Window[] {
  const samples = withoutRumble(sound, sampleRateHz);
  const size = Math.round((sampleRateHz * WINDOW_MS) / 1000);
  return Array.from({ length: Math.floor(samples.length / size) }, (_, k) => {
    const levelDbfs = dbfsOfPower(meanPower(samples, k * size, (k + 1) * size));
    if (levelDbfs < PAUSE_DBFS) return { levelDbfs, crossings: 0, isVoiced: false };
    const repeats = periodicity(samples, k * size, size, sampleRateHz);
    const isVoiced = repeats >= LEAST_PERIODICITY && repeats <= MOST_PERIODICITY;
    return { levelDbfs, crossings: zeroCrossings(samples, k * size, (k + 1) * size), isVoiced };
  });
}

/** A first-order high-pass: what hums and drifts below a voice would hide its crossings, and look like pitch. */
function withoutRumble(samples: Int16Array, sampleRateHz: number): Int16Array {
  const keep = Math.exp((-2 * Math.PI * RUMBLE_HZ) / sampleRateHz);
  const result = new Int16Array(samples.length);
  let last = 0;
  for (let i = 1; i < samples.length; i++) {
    last = keep * (last + (samples[i] as number) - (samples[i - 1] as number));
    result[i] = Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, last));
  }
  return result;
}

function zeroCrossings(samples: Int16Array, from: number, to: number): number {
  let count = 0;
  for (let i = from + 1; i < to; i++) if ((samples[i] as number) < 0 !== (samples[i - 1] as number) < 0) count++;
  return count;
}

/** How well a window agrees with what comes a pitch period later, for the pitch that fits best; 1 is exactly. */
function periodicity(samples: Int16Array, from: number, size: number, sampleRateHz: number): number {
  let best = 0;
  const longest = Math.floor(sampleRateHz / LOWEST_PITCH_HZ);
  for (let lag = Math.ceil(sampleRateHz / HIGHEST_PITCH_HZ); lag <= longest; lag++) {
    let product = 0;
    let power = 0;
    let laterPower = 0;
    // Every other sample is enough: a voice has its pitch far below half of that rate.
    for (let i = from; i < from + size && i + lag < samples.length; i += 2) {
      const now = samples[i] as number;
      const later = samples[i + lag] as number;
      product += now * later;
      power += now * now;
      laterPower += later * later;
    }
    if (product > 0) best = Math.max(best, product / Math.sqrt(power * laterPower));
  }
  return best;
}

/** The distance between the quartiles. */
function middleHalf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * 0.75)] ?? 0) - (sorted[Math.floor(sorted.length * 0.25)] ?? 0);
}

/** The standard deviation over the mean. */
function relativeDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return mean === 0 ? 0 : Math.sqrt(variance) / mean;
}
