import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@kodama/shared/telemetry';
import { isUnavailable } from './handling-error.ts';

/** Time between two tries while what a handler needs is away, ms. */
const RETRY_MS = 500;

/** The times in which what a handler needs is away: events wait them out, and the log has two lines of each. */
export class Outage {
  readonly #consumer: string;
  readonly #logger: Logger;
  #sinceMs: number | undefined;

  constructor(consumer: string, logger: Logger) {
    this.#consumer = consumer;
    this.#logger = logger;
  }

  /**
   * Does the work, again and again while it fails for want of what it needs; any other failure is passed on at once, and that
   * one when the signal comes. What failed and is done at last has shown that the outage is over; other work may have had no
   * need of what is away.
   *
   * @param waiting called before each wait
   */
  async outlast(work: () => Promise<void>, signal: AbortSignal, waiting: () => void = () => {}): Promise<void> {
    for (let failed = false; ; failed = true) {
      try {
        await work();
        if (failed) this.over();
        return;
      } catch (error) {
        if (!isUnavailable(error) || signal.aborted) throw error;
        this.#begun(error);
      }
      waiting();
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }

  #begun(err: unknown): void {
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = performance.now();
    this.#logger.warn({ err, consumer: this.#consumer }, 'events wait: what they are handled with is away');
  }

  /** What a handler needs has been seen to be there. */
  over(): void {
    if (this.#sinceMs === undefined) return;
    const awayMs = Math.round(performance.now() - this.#sinceMs);
    this.#sinceMs = undefined;
    this.#logger.info({ consumer: this.#consumer, awayMs }, 'events are handled again');
  }
}
