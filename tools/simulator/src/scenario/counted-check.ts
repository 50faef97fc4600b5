import type { Seen } from './call-watch.ts';
import type { Check, Scope } from './check.ts';
import { isWithin, type Range, showRange } from './ranges.ts';
import { count, duration } from './units.ts';

const AT_LEAST_ONCE: Range = { least: 1, most: Number.POSITIVE_INFINITY };

interface Counting<What> {
  /** What is counted, in words. */
  readonly text: string;
  readonly seen: readonly Seen<What>[];
  /** It can be there before the call is over. */
  readonly isLive: boolean;
  readonly count: Range | undefined;
  readonly within: number | undefined;
  matches(what: What): boolean;
  show(what: What): string;
}

/** Most of what is told of what came instead. */
const MOST_SHOWN = 8;

/** Counts what happens. */
export function countedCheck<What>(counting: Counting<What>, { begin }: Scope): Check {
  const { seen, within, isLive } = counting;
  const range = counting.count ?? AT_LEAST_ONCE;
  const untilMs = within === undefined ? undefined : begin.atMs + within;
  return {
    text: [
      counting.text,
      ...(counting.count ? [`${showRange(counting.count, count)} times`] : []),
      ...(within === undefined ? [] : [`within ${duration.show(within)}`]),
    ].join(', '),
    isLive,
    deadlineMs: (graceMs) => untilMs ?? graceMs,
    look() {
      const inTime = seen.filter(({ atMs }) => atMs >= begin.atMs && (untilMs === undefined || atMs <= untilMs));
      const matching = inTime.filter(({ what }) => counting.matches(what));
      const passed = isWithin(matching.length, range);
      const isFinal = passed ? range.most === Number.POSITIVE_INFINITY : matching.length > range.most;
      const found = matching.length > 0 ? `it came ${times(matching.length)}` : instead(counting, inTime);
      return { passed, found, isFinal };
    },
  };
}

const times = (number: number): string => (number === 1 ? 'once' : `${number} times`);

function instead<What>({ show }: Counting<What>, seen: readonly Seen<What>[]): string {
  if (seen.length === 0) return 'none came';
  const shown = seen.slice(0, MOST_SHOWN).map(({ what }) => show(what));
  const rest = seen.length > MOST_SHOWN ? ` and ${seen.length - MOST_SHOWN} more` : '';
  return `it did not come; there came ${shown.join(', ')}${rest}`;
}
