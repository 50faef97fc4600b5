import { fft, powerOfTwo } from './fft.ts';
import { firstSoundMs } from './level.ts';

/** The longest delay that is looked for. */
const MOST_LAG_MS = 5000;

/** So much of what was said is compared, from its first sound on. */
const COMPARED_MS = 60_000;

/** The rate of the coarse search. */
const COARSE_HZ = 4000;

/** Windows of what was said that are softer are not compared: what is heard meanwhile is of something else. */
const PAUSE_DBFS = -60;
const PAUSE_WINDOW_MS = 20;

/** Below this correlation the two are unrelated. */
const LEAST_CORRELATION = 0.6;

/** How far the true delay stands out of all others more than 20 ms away; of a steady tone there are many equal ones. */
const STANDS_OUT = 1.25;
const BESIDE_MS = 20;

/** At such a delay at least so much of the power of what was said has something to be compared with. */
const LEAST_OVERLAP = 0.25;

export interface Delay {
  readonly ms: number;
  /** 1 where what was heard is what was said, louder or softer; the nearer to 0, the more else there is in it. */
  readonly correlation: number;
}

/**
 * Finds how much later what was said is heard again, from 0 to 5 s, to the sample. Null where the two are unrelated, or
 * where several delays fit as well, as with a steady tone or a word said over and over. The first minute from the first
 * sound is compared, the pauses left out; it takes up to half a second.
 */
export function delayMs(said: Int16Array, heard: Int16Array, sampleRateHz: number): Delay | null {
  const first = firstSoundMs(said, sampleRateHz, PAUSE_DBFS);
  if (first === null) return null;
  const begin = Math.floor((first * sampleRateHz) / 1000);
  const spoken = Float64Array.from(said.subarray(begin, begin + (COMPARED_MS * sampleRateHz) / 1000));
  const answer = Float64Array.from(heard.subarray(begin, begin + ((COMPARED_MS + MOST_LAG_MS) * sampleRateHz) / 1000));
  const factor = Math.max(1, Math.floor(sampleRateHz / COARSE_HZ));
  const coarse = coarseLag(decimate(spoken, factor), decimate(answer, factor), sampleRateHz / factor);
  if (coarse === null) return null;
  const best = refine(spoken, answer, coarse * factor, factor, activity(spoken, sampleRateHz));
  if (best.correlation < LEAST_CORRELATION) return null;
  return { ms: (best.lag / sampleRateHz) * 1000, correlation: best.correlation };
}

/** The lag of the highest correlation, in samples, where one stands out. */
function coarseLag(said: Float64Array, heard: Float64Array, rateHz: number): number | null {
  const lags = Math.min(heard.length, (MOST_LAG_MS * rateHz) / 1000 + 1);
  const products = correlate(said, heard, lags);
  const powers = correlate(
    activity(said, rateHz),
    heard.map((x) => x * x),
    lags,
  );
  const saidUpTo = runningPower(said);
  const allSaid = saidUpTo[said.length] as number;
  const scores = products.map((product, lag) => {
    const overlap = saidUpTo[Math.min(said.length, heard.length - lag)] as number;
    if (overlap < LEAST_OVERLAP * allSaid) return 0;
    return product / Math.sqrt(overlap * Math.max(powers[lag] as number, 1));
  });
  const best = scores.reduce((high, score, lag) => (score > (scores[high] as number) ? lag : high), 0);
  const beside = (BESIDE_MS * rateHz) / 1000;
  const rival = scores.reduce((high, score, lag) => (Math.abs(lag - best) > beside ? Math.max(high, score) : high), 0);
  const score = scores[best] ?? 0;
  return score > 0 && score >= STANDS_OUT * rival ? best : null;
}

/** The exact correlation at every lag within two coarse samples. */
function refine(
  said: Float64Array,
  heard: Float64Array,
  about: number,
  factor: number,
  active: Float64Array,
): { lag: number; correlation: number } {
  let best = { lag: 0, correlation: 0 };
  for (let lag = Math.max(0, about - 2 * factor); lag <= about + 2 * factor; lag++) {
    let product = 0;
    let saidPower = 0;
    let heardPower = 0;
    const end = Math.min(said.length, heard.length - lag);
    for (let i = 0; i < end; i++) {
      if (active[i] === 0) continue;
      const a = said[i] as number;
      const b = heard[i + lag] as number;
      product += a * b;
      saidPower += a * a;
      heardPower += b * b;
    }
    const correlation = saidPower * heardPower === 0 ? 0 : product / Math.sqrt(saidPower * heardPower);
    if (correlation > best.correlation) best = { lag, correlation };
  }
  return best;
}

/** 1 for each sample of a window with sound, 0 for those of the pauses. */
function activity(samples: Float64Array, rateHz: number): Float64Array {
  const result = new Float64Array(samples.length);
  const size = Math.round((rateHz * PAUSE_WINDOW_MS) / 1000);
  const limit = size * (2 ** 15 * 10 ** (PAUSE_DBFS / 20)) ** 2;
  for (let from = 0; from < samples.length; from += size) {
    const window = samples.subarray(from, from + size);
    if (window.reduce((sum, x) => sum + x * x, 0) > limit) result.fill(1, from, from + size);
  }
  return result;
}

/** Means of so many samples each: a low-pass that is good enough for a search. */
function decimate(samples: Float64Array, factor: number): Float64Array {
  return Float64Array.from({ length: Math.floor(samples.length / factor) }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < factor; k++) sum += samples[i * factor + k] as number;
    return sum / factor;
  });
}

/** Element n: the power of the first n samples. */
function runningPower(samples: Float64Array): Float64Array {
  const result = new Float64Array(samples.length + 1);
  for (let i = 0; i < samples.length; i++) result[i + 1] = (result[i] as number) + (samples[i] as number) ** 2;
  return result;
}

/** Element d: the sum of a[n] * b[n + d] over all n; for d from 0 up to `lags`. */
function correlate(a: Float64Array, b: Float64Array, lags: number): Float64Array {
  // In blocks of as much as there are lags, whose spectra are added: the cost grows with the length, not faster.
  const size = powerOfTwo(2 * lags);
  const block = size - lags;
  const sumRe = new Float64Array(size);
  const sumIm = new Float64Array(size);
  for (let start = 0; start < a.length; start += block) {
    // Both are real, so one transform does for the two.
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    re.set(a.subarray(start, start + block));
    im.set(b.subarray(start, start + size));
    fft(re, im);
    for (let k = 0; k < size; k++) {
      const mirror = (size - k) % size;
      const aRe = ((re[k] as number) + (re[mirror] as number)) / 2;
      const aIm = ((im[k] as number) - (im[mirror] as number)) / 2;
      const bRe = ((im[k] as number) + (im[mirror] as number)) / 2;
      const bIm = ((re[mirror] as number) - (re[k] as number)) / 2;
      sumRe[k] = (sumRe[k] as number) + aRe * bRe + aIm * bIm;
      sumIm[k] = (sumIm[k] as number) + aRe * bIm - aIm * bRe;
    }
  }
  fft(sumIm, sumRe);
  return sumRe.slice(0, lags).map((value) => value / size);
}
