import { fft, powerOfTwo } from './fft.ts';
import { dbfsOfPower } from './level.ts';

/** A tone is measured in windows of this: it is told from others 40 Hz away, and counts in full within 5 Hz. */
const WINDOW_MS = 50;

/** The strongest tone is looked for in windows of at least this. */
const SEARCH_WINDOW_MS = 250;

/** Below these, what is strongest is no tone: the loudest frequency of noise, or next to silence. */
const LEAST_SHARE = 0.1;
const LEAST_LEVEL_DBFS = -70;

/** What is lower is no tone but a drift. */
const LOWEST_HZ = 50;

const FULL_SCALE = 2 ** 15;

export interface ToneMeasure {
  /** The effective level of the tone alone, where it is loudest; -100 at the least. */
  readonly levelDbfs: number;
  /**
   * The tone's part of the power of all samples, 0 to 1: 1 is a pure tone. One that begins and ends among silence loses by
   * its ends: an eighth if it lasts for 100 ms, less if for longer.
   */
  readonly shareOfPower: number;
}

export interface FoundTone extends ToneMeasure {
  readonly hz: number;
}

/**
 * Measures the tone of this frequency (Goertzel's algorithm over windows). It has to last 50 ms for its level to be true.
 *
 * @param hz from 50 Hz to half the rate.
 */
export function tone(samples: Int16Array, sampleRateHz: number, hz: number): ToneMeasure {
  const size = Math.min(samples.length, Math.round((sampleRateHz * WINDOW_MS) / 1000));
  const window = hann(size);
  const weight = sumOf(window) ** 2 / 2;
  const weightOfSquares = window.reduce((sum, w) => sum + w * w, 0);
  let loudest = 0;
  let tonePower = 0;
  let allPower = 0;
  for (const start of windowStarts(samples.length, size)) {
    const turn = 2 * Math.cos((2 * Math.PI * hz) / sampleRateHz);
    let last = 0;
    let beforeLast = 0;
    let squares = 0;
    for (let i = 0; i < size; i++) {
      const value = ((samples[start + i] as number) / FULL_SCALE) * (window[i] as number);
      const next = value + turn * last - beforeLast;
      beforeLast = last;
      last = next;
      squares += value * value;
    }
    const power = Math.max(0, last * last + beforeLast * beforeLast - turn * last * beforeLast) / weight;
    loudest = Math.max(loudest, power);
    tonePower += power;
    allPower += squares / weightOfSquares;
  }
  return { levelDbfs: dbfsOfPower(loudest), shareOfPower: allPower === 0 ? 0 : Math.min(1, tonePower / allPower) };
}

/**
 * Finds the frequency that has most of the power; null where none stands out. A passage that is a tone for most of its
 * sound is given within 0.5 Hz. Takes about 5 ms for a second of 16 kHz.
 */
export function strongestTone(samples: Int16Array, sampleRateHz: number): FoundTone | null {
  const size = powerOfTwo((sampleRateHz * SEARCH_WINDOW_MS) / 1000);
  const spectrum = powerSpectrum(samples, size);
  let peak = Math.ceil((LOWEST_HZ * size) / sampleRateHz);
  for (let k = peak + 1; k < spectrum.length - 1; k++)
    if ((spectrum[k] as number) > (spectrum[peak] as number)) peak = k;
  const offset = peakOffset(spectrum, peak);
  if (offset === null) return null;
  const hz = ((peak + offset) * sampleRateHz) / size;
  const measure = tone(samples, sampleRateHz, hz);
  if (measure.levelDbfs < LEAST_LEVEL_DBFS || measure.shareOfPower < LEAST_SHARE) return null;
  return { hz, ...measure };
}

/** The power of each frequency up to half the rate, over all windows; in no particular unit. */
function powerSpectrum(samples: Int16Array, size: number): Float64Array {
  const power = new Float64Array(size / 2 + 1);
  const window = hann(size);
  for (const start of windowStarts(samples.length, size)) {
    const re = Float64Array.from(window, (w, i) => w * (samples[start + i] ?? 0));
    const im = new Float64Array(size);
    fft(re, im);
    for (let k = 0; k < power.length; k++) power[k] = (power[k] as number) + (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
  }
  return power;
}

/** How far the true peak lies from the highest bin, in bins: a parabola through the logarithms. Null on a slope. */
function peakOffset(spectrum: Float64Array, peak: number): number | null {
  const logAt = (k: number) => Math.log((spectrum[k] ?? 0) + Number.MIN_VALUE);
  const [before, at, after] = [logAt(peak - 1), logAt(peak), logAt(peak + 1)];
  if (before > at || after > at) return null;
  const bend = before - 2 * at + after;
  return bend === 0 ? 0 : (before - after) / (2 * bend);
}

/** Windows that overlap by half and reach to the last sample. */
function windowStarts(length: number, size: number): number[] {
  if (length === 0 || size === 0) return [];
  const last = Math.max(0, length - size);
  const step = Math.max(1, Math.floor(size / 2));
  return [...Array.from({ length: Math.ceil(last / step) }, (_, k) => k * step), last];
}

const hann = (size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size));

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
