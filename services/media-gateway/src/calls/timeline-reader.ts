import type { StoredTimeline } from '@kodama/shared/timeline';

/** Where the timelines of calls are read from; events write them. */
export interface TimelineReader {
  /** By conversation id, or else by leg id: of several conversations that the leg was in, the one that it is in now. */
  find(id: string): Promise<StoredTimeline | undefined>;
}
