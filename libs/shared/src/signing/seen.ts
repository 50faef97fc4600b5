import { type Clock, systemClock } from '../time/clock.ts';

/** Remembers for a while what was there already: in one place for all instances of all services. */
export interface Seen {
  /**
   * The mark that `id` came with the first time, or `undefined`: this is the first time, and is remembered for `forMs`.
   *
   * @throws AppError of kind `unavailable` where the place cannot be asked
   */
  before(id: string, mark: string, forMs: number): Promise<string | undefined>;
}

/** Ids that are remembered at most; the oldest go first. */
const DEFAULT_CAPACITY = 100_000;

/** For one process that is alone: remembers by itself. */
export class InMemorySeen implements Seen {
  readonly #clock: Clock;
  readonly #capacity: number;
  /** Oldest first. */
  readonly #ids = new Map<string, { readonly mark: string; readonly untilMs: number }>();

  constructor({ clock = systemClock, capacity = DEFAULT_CAPACITY }: { clock?: Clock; capacity?: number } = {}) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  async before(id: string, mark: string, forMs: number): Promise<string | undefined> {
    return this.beforeNow(id, mark, forMs);
  }

  /** As {@link before}, at once. */
  beforeNow(id: string, mark: string, forMs: number): string | undefined {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#ids.get(id);
    if (known && known.untilMs > nowMs) return known.mark;
    this.#ids.delete(id);
    for (const [oldest, { untilMs }] of this.#ids) {
      if (untilMs > nowMs && this.#ids.size < this.#capacity) break;
      this.#ids.delete(oldest);
    }
    this.#ids.set(id, { mark, untilMs: nowMs + forMs });
    return undefined;
  }
}
