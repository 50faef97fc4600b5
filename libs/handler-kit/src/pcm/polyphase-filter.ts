import { AudioFormatError } from './source-format.ts';

/** A low-pass filter that is sampled at as many offsets as there are positions of output samples between input samples. */
export interface PolyphaseFilter {
  /** The rates' ratio in lowest terms: `up` output samples for every `down` input samples. */
  readonly up: number;
  readonly down: number;
  /** Coefficients of one output sample, a multiple of four: half of them lie before and at its moment, half behind it. */
  readonly taps: number;
  /** `up` rows of `taps`; row r makes the output that lies r / up of an input sample behind an input sample. */
  readonly coefficients: Float64Array;
}

/** In lowest terms, neither number of a ratio may be above this; 11,025 to 96,000 Hz (147:1280) is the most extreme usual one. */
const MAX_RATIO_TERM = 1280;

/** Where the filter has fallen to a half, in parts of half the lower rate: flat up to 0.9, silent from 1 on. */
const CUTOFF = 0.948;

/** Half of the filter's length, in samples of the lower rate: what a fall within 0.1 takes with this window. */
const HALF_WIDTH = 60;

/** Of the Kaiser window: ripple and stop band at about -95 dB. */
const BETA = 9.5;

/** More than anybody uses at a time; a table has at most 154,000 coefficients (1.2 MB), usual ones a tenth of that. */
const MAX_KEPT = 24;

const kept = new Map<string, PolyphaseFilter>();

/**
 * @throws AudioFormatError where the two rates have no simple ratio; it is cheap to ask.
 */
export function ratioOf(fromHz: number, toHz: number): { readonly up: number; readonly down: number } {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  if (up > MAX_RATIO_TERM || down > MAX_RATIO_TERM) {
    throw new AudioFormatError(
      `audio of ${fromHz} Hz cannot be brought to ${toHz} Hz: their ratio is ${down}:${up}, and neither number may be above ` +
        `${MAX_RATIO_TERM}. All pairs of 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000 and 96000 Hz can be converted`,
    );
  }
  return { up, down };
}

/** Makes the filter between two rates, once for all who use it: the biggest takes some ten milliseconds. */
export function polyphaseFilter(fromHz: number, toHz: number): PolyphaseFilter {
  const { up, down } = ratioOf(fromHz, toHz);
  const key = `${up}:${down}`;
  const found = kept.get(key);
  if (found) return found;
  const filter = designFilter(up, down);
  // Odd rates in files of strangers must not fill up the memory: the oldest goes, which its users still hold.
  if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(key, filter);
  return filter;
}

/** An ideal low-pass filter (sinc), cut to length by a Kaiser window. */
function designFilter(up: number, down: number): PolyphaseFilter {
  const reduction = Math.max(1, down / up);
  const half = 2 * Math.ceil((HALF_WIDTH * reduction) / 2);
  const taps = 2 * half;
  const cutoff = CUTOFF / reduction;
  const coefficients = new Float64Array(up * taps);
  // Row r backwards is row up - r, so that only half of them have to be computed.
  for (let row = 0; row <= up / 2; row++) {
    const at = row * taps;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (half - 1) - row / up;
      const value = sinc(cutoff * distance) * kaiser(distance / half);
      coefficients[at + tap] = value;
      sum += value;
    }
    // Every row passes a constant as it is: what differs from row to row would be a hum.
    for (let tap = 0; tap < taps; tap++) coefficients[at + tap] = (coefficients[at + tap] as number) / sum;
    if (row > 0) coefficients.set(coefficients.slice(at, at + taps).reverse(), (up - row) * taps);
  }
  return { up, down, taps, coefficients };
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** @param x -1 to 1, the window's ends */
const kaiser = (x: number): number => bessel0(BETA * Math.sqrt(Math.max(0, 1 - x * x)));

/** The modified Bessel function of order 0; its scale does not matter here. */
function bessel0(x: number): number {
  const quarter = (x * x) / 4;
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
