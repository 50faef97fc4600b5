import {
  type StoredTimeline,
  storedTimeline,
  type TimelineLeg,
  type TimelineView,
  timelineKey,
  timelineView,
} from '@kodama/shared/timeline';
import type { Redis } from 'ioredis';
import { CommandError } from './command-error.ts';
import type { EventRow } from './event-row.ts';
import { printable } from './output.ts';

/** A call's timeline, and what it is kept under. */
export interface ShownTimeline {
  readonly conversation: string | null;
  readonly timeline: TimelineView;
}

/**
 * The timelines that these events belong to, as far as Redis has them.
 *
 * @throws CommandError when Redis does not answer
 */
export async function timelinesOf(rows: Iterable<EventRow>, redis: Redis): Promise<ShownTimeline[]> {
  const keys = new Map<string, string | null>();
  for (const { conversation, leg } of rows) {
    if (conversation !== null) keys.set(timelineKey.call(conversation), conversation);
    else if (leg !== null) keys.set(timelineKey.withoutCall(leg), null);
  }
  const shown: ShownTimeline[] = [];
  for (const [key, conversation] of keys) {
    const stored: StoredTimeline | undefined = storedTimeline(conversation, await hash(redis, key));
    if (stored) shown.push({ conversation, timeline: timelineView(stored) });
  }
  return shown;
}

async function hash(redis: Redis, key: string): Promise<Record<string, string>> {
  try {
    return await redis.hgetall(key);
  } catch (error) {
    throw new CommandError(`Redis: ${(error as Error).message}`, { cause: error });
  }
}

/** Without its events, which are listed above it. */
export function timelineText({ conversation, timeline }: ShownTimeline): string {
  const { state, outcome, startedAt, answeredAt, endedAt, legs, truncated } = timeline;
  const lines = [
    ['timeline', conversation ?? 'without a conversation'],
    ['state', outcome === null || outcome === state ? state : `${state}, ${outcome}`],
    ['started', startedAt ?? '-'],
    ['answered', answeredAt ?? '-'],
    ['ended', endedAt ?? '-'],
    ...legs.map((leg) => ['leg', legText(leg)]),
    ...(truncated ? [['note', 'there were more events than a timeline keeps']] : []),
  ];
  return printable(lines.map(([name = '', value]) => `${name.padEnd(10)}${value}\n`).join(''));
}

function legText(leg: TimelineLeg): string {
  const parts = [
    leg.leg,
    leg.status,
    leg.direction,
    leg.durationSeconds === null ? null : `${leg.durationSeconds} s`,
    leg.detail,
    leg.sipCode === null ? null : `SIP ${leg.sipCode}`,
    leg.disconnectedBy === null ? null : `disconnected by the ${leg.disconnectedBy}`,
    leg.transferredTo === null ? null : `went on to ${leg.transferredTo}`,
  ];
  return parts.filter((part) => part !== null).join('  ');
}
