import type { Timers } from './timers.ts';

interface Entry {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Time that stands still until it is told to move, with its timers: an hour passes in the time that its work takes. */
export class VirtualTimers implements Timers {
  #nowMs = 0;
  readonly #startEpochMs: number;
  /** Sorted by the moment; those of one moment as they were set. */
  readonly #entries: Entry[] = [];

  constructor(startEpochMs = Date.UTC(2026, 0, 1)) {
    this.#startEpochMs = startEpochMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#startEpochMs + this.#nowMs;
  }

  /** As Node's timers do, it takes 1 ms for anything below: whatever sets itself anew at once cannot hold up the time. */
  after(delayMs: number, callback: () => void): () => void {
    const entry = { dueMs: this.#nowMs + (delayMs >= 1 ? delayMs : 1), callback };
    let index = this.#entries.length;
    while (index > 0 && (this.#entries[index - 1]?.dueMs ?? 0) > entry.dueMs) index -= 1;
    this.#entries.splice(index, 0, entry);
    return () => {
      const at = this.#entries.indexOf(entry);
      if (at >= 0) this.#entries.splice(at, 1);
    };
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#entries.length;
  }

  /** When the next timer goes off, on the monotonic clock. */
  nextDueMs(): number | undefined {
    return this.#entries[0]?.dueMs;
  }

  /**
   * Lets time pass: every timer goes off at its very moment, also those that are set on the way. What they throw comes out
   * here. Time never goes back: a moment that has passed does nothing.
   */
  advanceTo(ms: number): void {
    for (let entry = this.#takeDue(ms); entry; entry = this.#takeDue(ms)) {
      this.#nowMs = Math.max(this.#nowMs, entry.dueMs);
      entry.callback();
    }
    this.#nowMs = Math.max(this.#nowMs, ms);
  }

  /** Time passes as in a process that is kept busy: what was due meanwhile goes off at the end of it, all at once. */
  stallTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
    this.advanceTo(ms);
  }

  #takeDue(ms: number): Entry | undefined {
    const dueMs = this.nextDueMs();
    return dueMs !== undefined && dueMs <= ms ? this.#entries.shift() : undefined;
  }
}
