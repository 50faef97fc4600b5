import { round } from '../media/distribution.ts';
import type { TimelineEntry, TimelineKind } from './timeline.ts';

/** Entries that are kept at most: an application that talks without end must not fill the memory. */
const MOST_ENTRIES = 2000;
/** Kept beyond that: what tells how such a call went on and ended. */
const KEPT_KINDS: readonly TimelineKind[] = ['problem', 'caller', 'socket'];
const MOST_KEPT_ENTRIES = 500;

/** Writes down what happens in a call. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];
  /** Called with each entry. */
  onEntry: (entry: TimelineEntry) => void = () => {};
  readonly #startMs = performance.now();
  /** The line that counts what was left out stands where the first of it would. */
  #leftOutAt: { readonly index: number; readonly atMs: number } | undefined;
  #leftOut = 0;
  #keptAfterwards = 0;

  /** Since the call began, ms. */
  nowMs(): number {
    return round(performance.now() - this.#startMs);
  }

  add(kind: TimelineKind, text: string): void {
    const entry = { atMs: this.nowMs(), kind, text };
    if (this.#hasRoom(kind)) this.entries.push(entry);
    else this.#leaveOut(entry.atMs);
    this.onEntry(entry);
  }

  #hasRoom(kind: TimelineKind): boolean {
    if (this.entries.length < MOST_ENTRIES) return true;
    if (!KEPT_KINDS.includes(kind) || this.#keptAfterwards >= MOST_KEPT_ENTRIES) return false;
    this.#keptAfterwards++;
    return true;
  }

  #leaveOut(atMs: number): void {
    this.#leftOut++;
    this.#leftOutAt ??= { index: this.entries.length, atMs };
    const text = `… ${this.#leftOut} ${this.#leftOut === 1 ? 'line' : 'lines'} left out`;
    this.entries[this.#leftOutAt.index] = { atMs: this.#leftOutAt.atMs, kind: 'note', text };
  }
}
