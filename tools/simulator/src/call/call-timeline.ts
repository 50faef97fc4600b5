import { round } from '../media/distribution.ts';
import type { TimelineEntry, TimelineKind } from './timeline.ts';

/** Entries that are kept at most: an application that talks without end must not fill the memory. */
const MOST_ENTRIES = 2000;

/** Writes down what happens in a call. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];
  /** Called with each entry. */
  onEntry: (entry: TimelineEntry) => void = () => {};
  readonly #startMs = performance.now();

  /** Since the call began, ms. */
  nowMs(): number {
    return round(performance.now() - this.#startMs);
  }

  add(kind: TimelineKind, text: string): void {
    const entry = { atMs: this.nowMs(), kind, text };
    if (this.entries.length < MOST_ENTRIES) this.entries.push(entry);
    this.onEntry(entry);
  }
}
