import type { TimelineEntry } from '@kodama/shared/timeline';

/** An entry on its way into the timeline of its call. */
export interface TimelineWrite {
  /** As `subjectToken` spells it; `undefined` for an event that names its leg alone. */
  readonly conversation: string | undefined;
  /** Spelled like that as well; `undefined` for an event that is about no one leg. */
  readonly leg: string | undefined;
  readonly entry: TimelineEntry;
}

/** Where timelines are kept. */
export interface TimelineStore {
  /**
   * Keeps the entries, all of them or, where it rejects, perhaps some. Writing one again changes nothing, and the order of
   * the writes does not matter.
   *
   * @throws AppError of the kind `unavailable` when the store does not answer, or has no room
   */
  add(writes: readonly TimelineWrite[]): Promise<void>;
  /** Rejects in the same way when the store does not answer. */
  check(): Promise<void>;
}

/**
 * How strongly an event says that its leg is in the conversation: the later, the stronger. A transfer says where the leg went
 * more strongly than where it was.
 */
export function heardOfLegAt({ entry }: TimelineWrite): number {
  return Date.parse(entry.at) - (entry.transferredTo === undefined ? 0 : 0.5);
}
