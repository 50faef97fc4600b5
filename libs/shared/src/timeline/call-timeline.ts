import type { CallEventKind } from '../voice/call-event.ts';
import type { TimelineEntry } from './timeline-entry.ts';

/** How far a leg has come; of the final ones none is further than another. */
const RANKS = {
  started: 1,
  ringing: 2,
  answered: 3,
  completed: 4,
  busy: 4,
  failed: 4,
  timeout: 4,
  rejected: 4,
  cancelled: 4,
  unanswered: 4,
  disconnected: 4,
} as const satisfies Partial<Record<CallEventKind, number>>;
const FINAL = 4;

export type LegStatus = keyof typeof RANKS;

export interface TimelineLeg {
  readonly leg: string;
  /** The furthest that it has come; `null` where no event said. Of several ends the first one. */
  readonly status: LegStatus | null;
  readonly direction: 'inbound' | 'outbound' | null;
  readonly startedAt: string | null;
  readonly ringingAt: string | null;
  readonly answeredAt: string | null;
  /** When it ended, or went on to another conversation. */
  readonly endedAt: string | null;
  /** As Vonage counted it, seconds. */
  readonly durationSeconds: number | null;
  readonly detail: string | null;
  readonly sipCode: number | null;
  readonly disconnectedBy: 'platform' | 'user' | null;
  /** The conversation that it went on to, and has not come back from. */
  readonly transferredTo: string | null;
}

export type CallState = 'started' | 'ringing' | 'answered' | 'ended';

/** What a call's events say, whatever the order in which they came, and however often. */
export interface CallTimeline {
  /** `ended` once every leg has ended or gone on to another conversation; before that, the furthest that any leg has come. */
  readonly state: CallState;
  /** Of the first event; `null` where there is none. */
  readonly startedAt: string | null;
  /** When the first leg was answered. */
  readonly answeredAt: string | null;
  /** When the last leg had ended or left; `null` until then. */
  readonly endedAt: string | null;
  /** How the call's first leg ended: its status, or `transferred`; `null` until the call has ended. */
  readonly outcome: LegStatus | 'transferred' | null;
  /** In the order in which they were first heard of. */
  readonly legs: readonly TimelineLeg[];
  readonly events: readonly TimelineEvent[];
}

export type TimelineEvent = Pick<TimelineEntry, 'kind' | 'leg' | 'at' | 'receivedAt' | 'sequence'>;

/**
 * A call's timeline, from what is kept of its events. Time decides their order, and the place in the stream among events of one
 * moment: an event that comes late is put where it belongs, one that comes again changes nothing, and one that never comes
 * is done without.
 */
export function timelineOf(entries: Iterable<TimelineEntry>): CallTimeline {
  const sorted = distinct(entries).toSorted(byTime);
  const ofLegs = Map.groupBy(
    sorted.filter((entry) => entry.leg !== null),
    (entry) => entry.leg as string,
  );
  const legs = [...ofLegs].map(([leg, own]) => legOf(leg, own));
  const isOver = legs.length > 0 && legs.every(({ endedAt }) => endedAt !== null);
  const [first] = legs;
  return {
    state: isOver ? 'ended' : furthest(sorted),
    startedAt: sorted[0]?.at ?? null,
    answeredAt: legs.flatMap(({ answeredAt }) => answeredAt ?? []).toSorted()[0] ?? null,
    endedAt: isOver
      ? (legs
          .flatMap(({ endedAt }) => endedAt ?? [])
          .toSorted()
          .at(-1) ?? null)
      : null,
    outcome: isOver && first ? outcomeOf(first) : null,
    legs,
    events: sorted.map(({ kind, leg, at, receivedAt, sequence }) => ({ kind, leg, at, receivedAt, sequence })),
  };
}

/** One entry an event: an event that was stored twice, for it came again after the duplicate window, has one id. */
function distinct(entries: Iterable<TimelineEntry>): TimelineEntry[] {
  const byId = new Map<string, TimelineEntry>();
  for (const entry of entries) {
    const known = byId.get(entry.id);
    if (!known || entry.sequence < known.sequence) byId.set(entry.id, entry);
  }
  return [...byId.values()];
}

/** All times have the same form, in which the order of the letters is that of time. */
function byTime(a: TimelineEntry, b: TimelineEntry): number {
  return compare(a.at, b.at) || a.sequence - b.sequence || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** @param own the leg's entries, in the order of time */
function legOf(leg: string, own: readonly TimelineEntry[]): TimelineLeg {
  let status: LegStatus | null = null;
  for (const { kind } of own) if (isLegStatus(kind) && rankOf(kind) > rankOf(status)) status = kind;
  const timeOf = (kind: LegStatus) => own.find((entry) => entry.kind === kind)?.at ?? null;
  const lastMove = own.findLast((entry) => entry.transferredTo !== undefined || entry.transferredFrom !== undefined);
  const leftAt = lastMove?.transferredTo === undefined ? null : lastMove.at;
  // What is said twice is meant as it was said last: a completed leg's duration, not the zero that its start may have had.
  const last = <Key extends keyof TimelineEntry>(key: Key) => own.findLast((entry) => entry[key] !== undefined)?.[key];
  return {
    leg,
    status,
    direction: last('direction') ?? null,
    startedAt: timeOf('started'),
    ringingAt: timeOf('ringing'),
    answeredAt: timeOf('answered'),
    endedAt: isFinal(status) ? timeOf(status) : leftAt,
    durationSeconds: last('durationSeconds') ?? null,
    detail: last('detail') ?? null,
    sipCode: last('sipCode') ?? null,
    disconnectedBy: last('disconnectedBy') ?? null,
    transferredTo: lastMove?.transferredTo ?? null,
  };
}

/** @param leg one that has ended or left */
function outcomeOf({ status }: TimelineLeg): LegStatus | 'transferred' {
  return isFinal(status) ? status : 'transferred';
}

/** The furthest that any leg has come. One that completed, or whose socket was disconnected, had been answered before. */
function furthest(entries: readonly TimelineEntry[]): CallState {
  const has = (...kinds: CallEventKind[]) => entries.some(({ kind }) => kinds.includes(kind));
  if (has('answered', 'completed', 'disconnected')) return 'answered';
  // Only a leg that was answered can come from another conversation.
  if (entries.some(({ transferredFrom }) => transferredFrom !== undefined)) return 'answered';
  return has('ringing') ? 'ringing' : 'started';
}

/** Says whether an event of this kind moves its leg on. */
export function isLegStatus(kind: CallEventKind): kind is LegStatus {
  return Object.hasOwn(RANKS, kind);
}

function isFinal(status: LegStatus | null): status is LegStatus {
  return rankOf(status) === FINAL;
}

function rankOf(status: LegStatus | null): number {
  return status === null ? 0 : RANKS[status];
}
