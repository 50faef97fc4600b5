import type { CallEventKind } from '../voice/call-event.ts';
import { type CallTimeline, isLegStatus, timelineOf } from './call-timeline.ts';
import type { TimelineEntry } from './timeline-entry.ts';

/**
 * Keys in Redis, all of which expire by themselves. `events` writes them, `media-gateway` reads them. Ids are spelled as in
 * subjects, so that Vonage's are as they are, and no other is long.
 *
 * - `kodama:timeline:<conversation>` hash, an event's id -> its entry, as {@link timelineField} writes it; and beside them
 *   {@link TRUNCATED}, where there were more than {@link MAX_TIMELINE_ENTRIES}. By id and not by sequence: an event that was
 *   stored twice is here once, and a stream that was deleted and made again begins with 1 again
 * - `kodama:timeline-of-leg:<leg>` sorted set, conversation -> when the leg was last heard of there: of several the latest
 *   is where the leg is now
 * - `kodama:timeline-without-call:<leg>` hash as the first one: events that name a leg and no conversation
 */
export const timelineKey = {
  call: (conversation: string) => `kodama:timeline:${conversation}`,
  callsOfLeg: (leg: string) => `kodama:timeline-of-leg:${leg}`,
  withoutCall: (leg: string) => `kodama:timeline-without-call:${leg}`,
};

/** Events of a call that are kept. A call of Vonage's has some ten; only an application that asks for input all day has more. */
export const MAX_TIMELINE_ENTRIES = 1000;
/** Of them, those that only what is about the state of a leg may take: the end of a call is kept however long it took. */
const ENTRIES_FOR_STATES = 100;
/** Conversations of a leg that are remembered, the latest ones. */
export const MAX_CALLS_OF_LEG = 10;
/** The field that says that events were left out. No event's id is this short. */
export const TRUNCATED = '+';

/** How much longer than its retention what is known of a call is kept while it may still go on: as long as a call can last, ms. */
export const LONGEST_CALL_MS = 24 * 3600 * 1000;

/** How many entries a call has at most before one of this kind is added. */
export function roomFor(kind: CallEventKind): number {
  return isLegStatus(kind) ? MAX_TIMELINE_ENTRIES : MAX_TIMELINE_ENTRIES - ENTRIES_FOR_STATES;
}

/** What is kept of a call. */
export interface StoredTimeline {
  /** `null` where events named a leg alone. */
  readonly conversationUuid: string | null;
  readonly entries: readonly TimelineEntry[];
  readonly truncated: boolean;
}

/** A call's timeline as it is shown. */
export interface TimelineView extends CallTimeline {
  /** There were more events than are kept: some are missing here. */
  readonly truncated: boolean;
}

export function timelineView({ entries, truncated }: StoredTimeline): TimelineView {
  return { ...timelineOf(entries), truncated };
}

/** The value of an entry's field; the id is the field itself. */
export function timelineField({ id: _id, ...rest }: TimelineEntry): string {
  return JSON.stringify(rest);
}

/** Reads a hash that {@link timelineField} wrote the values of; `undefined` for one that is not there. */
export function storedTimeline(
  conversation: string | null,
  hash: Readonly<Record<string, string>>,
): StoredTimeline | undefined {
  const { [TRUNCATED]: truncated, ...fields } = hash;
  const entries = Object.entries(fields).map(([id, value]): TimelineEntry => ({ id, ...JSON.parse(value) }));
  if (entries.length === 0) return undefined;
  return {
    conversationUuid: conversation === null ? null : idOfToken(conversation),
    entries,
    truncated: truncated !== undefined,
  };
}

/** The id that a subject's token spells, but for the long ones, of which only a hash is kept. */
function idOfToken(token: string): string {
  return token.startsWith('~') ? token : decodeURIComponent(token);
}
