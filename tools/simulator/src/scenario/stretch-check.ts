import { isSilent, levelDbfs, tone } from '../heard/analysis.ts';
import { FRAME_MS } from '../media/audio-format.ts';
import type { Check, Outcome, Scope } from './check.ts';
import { describeSound } from './describe-sound.ts';
import type { Heard } from './heard-schema.ts';
import { isWithin, showRange } from './ranges.ts';
import { type Fits, lengthOf, longestOf, type Stretch, Stretches } from './stretches.ts';
import { duration, frequency, level } from './units.ts';

/** A tone is told from others over so much, before a tick or after it. */
const TONE_WINDOW_MS = 60;
const TONE_SHARE = 0.5;
/** How much longer than its length a stretch is waited for: audio comes in ticks, and through a network. */
const SPARE_MS = 100;

interface Wanted {
  /** What is to be heard, in words. */
  readonly what: string;
  readonly fits: Fits;
  readonly for: number;
  readonly within?: number | undefined;
  /** What has to be there after a tick before it can be looked at. */
  readonly aheadMs?: number;
  /** So long before the first tick that fits, the stretch began. */
  readonly earlierMs?: number;
}

export function toneCheck({ tone: hz, level: levels, for: ms, within }: Heard<'tone'>, scope: Scope): Check {
  const isTone = (samples: Int16Array, rate: number) => {
    const { shareOfPower, levelDbfs } = tone(samples, rate, hz);
    return shareOfPower >= TONE_SHARE && (levels === undefined || isWithin(levelDbfs, levels));
  };
  const fits: Fits = (track, toMs, fromMs) => {
    const tickMs = toMs - FRAME_MS;
    if (isSilent(track.heard(tickMs, toMs))) return false;
    const rate = track.sampleRateHz;
    return (
      isTone(track.heard(Math.max(fromMs, toMs - TONE_WINDOW_MS), toMs), rate) ||
      isTone(track.heard(tickMs, tickMs + TONE_WINDOW_MS), rate)
    );
  };
  const loud = levels ? ` at ${showRange(levels, level)}` : '';
  const aheadMs = TONE_WINDOW_MS - FRAME_MS;
  return stretchCheck({ what: `a tone of ${frequency.show(hz)}${loud}`, fits, for: ms, within, aheadMs }, scope);
}

export const soundCheck = ({ for: ms, within }: Heard<'sound'>, scope: Scope): Check =>
  stretchCheck(
    { what: 'a sound', fits: (track, toMs) => !isSilent(track.heard(toMs - FRAME_MS, toMs)), for: ms, within },
    scope,
  );

export const silenceCheck = ({ for: ms, within }: Heard<'silence'>, scope: Scope): Check =>
  stretchCheck(
    { what: 'silence', fits: (track, toMs) => isSilent(track.heard(toMs - FRAME_MS, toMs)), for: ms, within },
    scope,
  );

/** The level is measured over the whole length that is wanted, so one tick that fits stands for all of that. */
export function levelCheck({ level: levels, for: ms, within }: Heard<'level'>, scope: Scope): Check {
  const fits: Fits = (track, toMs, fromMs) =>
    toMs - ms >= fromMs && isWithin(levelDbfs(track.heard(toMs - ms, toMs)), levels);
  return stretchCheck(
    { what: `sound at ${showRange(levels, level)}`, fits, for: ms, within, earlierMs: ms - FRAME_MS },
    scope,
  );
}

function stretchCheck({ what, fits, for: ms, within, aheadMs = 0, earlierMs = 0 }: Wanted, scope: Scope): Check {
  const { watch, heardFrom } = scope;
  const track = watch.call.heard;
  const stretches = new Stretches(track, { fromMs: heardFrom.trackMs, fits, aheadMs });
  const latestMs = within === undefined ? Number.POSITIVE_INFINITY : heardFrom.trackMs + within;
  const all = (): Stretch[] =>
    stretches.all(watch.isOver).map(({ fromMs, toMs }) => ({ fromMs: fromMs - earlierMs, toMs }));
  const since = (moment: number) => duration.show(Math.max(0, moment - heardFrom.trackMs));

  const look = (): Outcome => {
    const found = all();
    // What begins within a tick fills it only in part.
    const long = found.find((stretch) => lengthOf(stretch) + FRAME_MS >= ms);
    if (long && long.fromMs <= latestMs) {
      return {
        passed: true,
        found: `heard after ${since(long.fromMs)}, for ${duration.show(lengthOf(long))}`,
        isFinal: true,
      };
    }
    const isFinal = track.durationMs > latestMs + ms + SPARE_MS;
    const longest = long ?? longestOf(found);
    if (longest && longest.fromMs > latestMs) {
      return { passed: false, found: `heard only after ${since(longest.fromMs)}`, isFinal };
    }
    if (longest) return { passed: false, found: `heard it for ${duration.show(lengthOf(longest))} only`, isFinal };
    return { passed: false, found: `heard ${describeSound(track, heardFrom.trackMs, track.durationMs)}`, isFinal };
  };
  return {
    text: `hears ${what} for ${duration.show(ms)}${within === undefined ? '' : ` within ${duration.show(within)}`}`,
    isLive: true,
    deadlineMs: (graceMs) => (within === undefined ? graceMs : heardFrom.atMs + within) + ms + SPARE_MS,
    look,
  };
}
