/** Time as the domain sees it, so that a test can hand in its own. */
export interface Clock {
  /** Monotonic, ms with fractions, from an arbitrary zero: for durations. */
  monotonicMs(): number;
  /** Wall clock, ms since 1970 UTC: for what is shown or kept. */
  epochMs(): number;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
};

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #monotonicMs = 0;
  readonly #startEpochMs: number;

  constructor(startEpochMs = Date.UTC(2026, 0, 1)) {
    this.#startEpochMs = startEpochMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  epochMs(): number {
    return this.#startEpochMs + this.#monotonicMs;
  }

  advance(ms: number): void {
    this.#monotonicMs += ms;
  }
}
