import type { Stretch } from './sounds.ts';

/** Tones are looked for in windows of this, each half over the one before. */
const WINDOW_MS = 20;
const HOP_MS = 10;

/** A tone lasts at least so long; a voice holds one for less. */
const LEAST_TONE_MS = 80;

/** Between two tones, less than this is only how one goes over into the other. */
const LEAST_OTHER_MS = 60;

/** The windows of one tone differ by less. */
const MOST_SPREAD = 0.02;

/** What a tone leaves of its own bend when it is predicted from itself: noise in it is no matter down to this. */
const MOST_REST = 0.02;

/** Samples are compared with others this far away: nearer, low tones would bend too little. */
const REACH_MS = 0.125;

interface Tone {
  from: number;
  to: number;
  /** Radians in {@link REACH_MS}. */
  readonly turn: number;
}

/** Cuts a sound where a tone begins or ends in it, or goes over into another one. */
export function cutByTones(samples: Int16Array, sampleRateHz: number, { from, to }: Stretch): Stretch[] {
  const least = (sampleRateHz * LEAST_OTHER_MS) / 1000;
  const cuts = [from];
  let before: Tone | undefined;
  for (const tone of tonesIn(samples, sampleRateHz, from, to)) {
    const end = before?.to ?? from;
    const isOther = tone.from - end >= least;
    if (isOther) cuts.push(...(before ? [end, tone.from] : [tone.from]));
    else if (before && !isSame(before.turn, tone.turn)) cuts.push(Math.round((end + tone.from) / 2));
    before = tone;
  }
  if (before && to - before.to >= least) cuts.push(before.to);
  return cuts.map((cut, i) => ({ from: cut, to: cuts[i + 1] ?? to }));
}

function tonesIn(samples: Int16Array, sampleRateHz: number, from: number, to: number): Tone[] {
  const size = (sampleRateHz * WINDOW_MS) / 1000;
  const reach = Math.round((sampleRateHz * REACH_MS) / 1000);
  const found: Tone[] = [];
  let last: Tone | undefined;
  for (let start = from; start + size <= to; start += (sampleRateHz * HOP_MS) / 1000) {
    const turn = turnOf(samples, start, start + size, reach);
    if (turn === undefined) {
      last = undefined;
    } else if (last && isSame(last.turn, turn)) {
      last.to = start + size;
    } else {
      last = { from: start, to: start + size, turn };
      found.push(last);
    }
  }
  return found.filter((tone) => tone.to - tone.from >= (sampleRateHz * LEAST_TONE_MS) / 1000);
}

const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= MOST_SPREAD * Math.max(a, b);

/**
 * A tone is known by that each of its samples is the one in the middle of two neighbours: x[n - k] + x[n + k] = 2 cos(w) x[n].
 * Undefined where that is not so, for any w.
 */
function turnOf(samples: Int16Array, from: number, to: number, reach: number): number | undefined {
  let product = 0;
  let middles = 0;
  let sides = 0;
  for (let i = from + reach; i < to - reach; i++) {
    const middle = samples[i] as number;
    const side = (samples[i - reach] as number) + (samples[i + reach] as number);
    product += middle * side;
    middles += middle * middle;
    sides += side * side;
  }
  if (middles === 0) return undefined;
  const cosine = product / (2 * middles);
  const rest = sides - 4 * cosine * product + 4 * cosine * cosine * middles;
  const bend = sides - 4 * product + 4 * middles;
  return Math.abs(cosine) < 1 && rest <= MOST_REST * bend ? Math.acos(cosine) : undefined;
}
