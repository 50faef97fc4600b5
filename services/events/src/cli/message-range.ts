import type { EventFilter } from './event-filter.ts';

/** The part of a stream that a filter means. */
export interface MessageRange {
  /** Sequence of the first message that may be meant. */
  readonly from: number;
  /** Sequence of the first that is not meant any more. */
  readonly before: number;
  readonly subjects: readonly string[];
  /** How many are meant. */
  readonly total: number;
}

/** What has to be known of a stream. */
export interface MessageCounter {
  state(): Promise<{ readonly first_seq: number; readonly last_seq: number } | undefined>;
  sequenceAt(time: Date): Promise<number>;
  count(from: number, subjects: readonly string[]): Promise<number>;
}

/** @returns undefined where there is no stream. */
export async function messageRange(
  messages: MessageCounter,
  { since, until }: Pick<EventFilter, 'since' | 'until'>,
  subjects: readonly string[],
): Promise<MessageRange | undefined> {
  const state = await messages.state();
  if (!state) return undefined;
  const from = since ? await messages.sequenceAt(since) : state.first_seq;
  const end = until ? await messages.sequenceAt(until) : state.last_seq + 1;
  const before = Math.min(end, state.last_seq + 1);
  if (from >= before) return { from, before, subjects, total: 0 };
  return { from, before, subjects, total: await countBetween(messages, from, before, subjects) };
}

/**
 * The last `limit` of a range. JetStream can begin at a place and count from it, but not backwards: so the place is looked
 * for, from the end in growing steps and then between the last two, which takes some twenty questions for millions of
 * messages and reads none of them.
 */
export async function lastOf(messages: MessageCounter, range: MessageRange, limit: number): Promise<MessageRange> {
  if (range.total <= limit) return range;
  const countFrom = (from: number) => countBetween(messages, from, range.before, range.subjects);
  // From `few` on there are fewer than asked for, or just as many; from `enough` on as many, or more.
  let few = range.before;
  let enough = range.from;
  for (let step = limit; few - step > range.from; step *= 4) {
    if ((await countFrom(few - step)) >= limit) {
      enough = few - step;
      break;
    }
    few -= step;
  }
  while (few - enough > 1) {
    const middle = Math.floor((few + enough) / 2);
    if ((await countFrom(middle)) >= limit) enough = middle;
    else few = middle;
  }
  return { ...range, from: enough, total: limit };
}

async function countBetween(messages: MessageCounter, from: number, before: number, subjects: readonly string[]) {
  // Both at once: what comes meanwhile is in both.
  const [behind, all] = await Promise.all([messages.count(before, subjects), messages.count(from, subjects)]);
  return Math.max(0, all - behind);
}
