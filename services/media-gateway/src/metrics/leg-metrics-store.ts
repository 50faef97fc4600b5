import type { LegRecord, LiveFigures } from './leg-record.ts';

/** What one write carries. All of it goes in one round trip; writing the same record twice does no harm. */
export interface LegBatch {
  /**
   * Legs that have just begun, or whose beginning could not be written before. Renews the lease as well: a gateway that
   * has just started has none yet.
   */
  readonly opened: readonly LegRecord[];
  /**
   * Renews the lease of this gateway's live legs, and gives the new figures of those that have any: a leg without news
   * may be left out. `undefined` leaves the lease alone.
   */
  readonly live?: readonly LiveFigures[];
  /** Legs that are over: their last record, kept for the retention time. */
  readonly ended: readonly LegRecord[];
}

/** Where a gateway writes its legs' figures. */
export interface LegMetricsStore {
  /** Rejects with {@link StoreUnavailableError} when it is not certain that all of the batch was written. */
  write(batch: LegBatch): Promise<void>;
}

/** As {@link LegRecord}, with a third state: `lost` is a live leg whose gateway has stopped renewing its lease. */
export type LegView = Omit<LegRecord, 'state'> & { readonly state: LegRecord['state'] | 'lost' };

/** What a person made: one conversation with its sockets, oldest first. */
export interface Call {
  readonly conversationUuid: string | null;
  readonly traceId: string | null;
  readonly startedAt: string;
  /** `live` while any leg is. */
  readonly state: LegView['state'];
  readonly legs: readonly LegView[];
}

export interface CallPage {
  readonly calls: readonly Call[];
  /** Hand it in to get the page behind this one; `null` on the last page. */
  readonly nextCursor: string | null;
}

/** Where calls are read from: those of every gateway. */
export interface CallReader {
  /** Newest first. @param limit 1 or more */
  list(options: { limit: number; cursor?: PageCursor }): Promise<CallPage>;
  /** By conversation id, or else by leg id: of several calls with that leg id the one that was opened last. */
  find(id: string): Promise<Call | undefined>;
}

/** The place in the list behind which a page begins: the start and the key of the last call before it. */
export interface PageCursor {
  readonly startedAtMs: number;
  readonly callKey: string;
}

export function encodeCursor(cursor: PageCursor): string {
  return Buffer.from(JSON.stringify([cursor.startedAtMs, cursor.callKey])).toString('base64url');
}

/** `undefined` for a text that {@link encodeCursor} did not write. */
export function decodeCursor(text: string): PageCursor | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!Array.isArray(value)) return undefined;
    const [startedAtMs, callKey] = value;
    return Number.isSafeInteger(startedAtMs) && typeof callKey === 'string' ? { startedAtMs, callKey } : undefined;
  } catch {
    return undefined;
  }
}

/** Newest first; among calls of the same millisecond the greater key first. Says whether `a` stands behind `b`. */
export function isBehind(a: PageCursor, b: PageCursor): boolean {
  return a.startedAtMs < b.startedAtMs || (a.startedAtMs === b.startedAtMs && a.callKey < b.callKey);
}

/** Sockets of a call that are kept, the newest ones: a peer may open any number with the same conversation id. */
export const MAX_SOCKETS_OF_CALL = 100;

/** Joins a call's legs; `legs` has at least one. */
export function joinLegs(legs: readonly LegView[]): Call {
  const sorted = legs
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt) || a.socketId.localeCompare(b.socketId))
    .slice(-MAX_SOCKETS_OF_CALL);
  const first = sorted[0] as LegView;
  const states = sorted.map((leg) => leg.state);
  return {
    conversationUuid: first.conversationUuid,
    traceId: first.traceId,
    startedAt: first.startedAt,
    state: states.includes('live') ? 'live' : (states.at(-1) ?? 'ended'),
    legs: sorted,
  };
}
