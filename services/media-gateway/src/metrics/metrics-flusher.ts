import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@kodama/shared/telemetry';
import { DeadlineError, withDeadline } from '@kodama/shared/time';
import type { LegMetricsStore } from './leg-metrics-store.ts';
import type { LegRecord, LiveFigures } from './leg-record.ts';

/**
 * Records that wait for a store that is away, at most: an outage of a minute at 150 calls that begin or end a second.
 * Beyond it the oldest go to the log instead.
 */
const MAX_WAITING = 10_000;

/**
 * Of these, the ones that go in one write, so that they are put together in less than a frame's time. The rest goes with
 * the writes after it: thousands at once would hold up the audio, and take longer than a write may.
 */
const MAX_IN_ONE_WRITE = 500;

/** How long the last write may take, with all its tries, while the process stops, ms. */
const LAST_WRITE_TIMEOUT_MS = 1500;
const LAST_WRITE_RETRY_MS = 200;

export interface FlusherOptions {
  readonly store: LegMetricsStore;
  /** The figures of the live legs that have new ones, made when asked; of all legs if `evenIfOld`. */
  readonly liveFigures: (evenIfOld: boolean) => LiveFigures[];
  readonly intervalMs: number;
  readonly logger: Logger;
}

/**
 * Carries figures from the legs to the store, off the audio's path: all live ones together once an interval, and each
 * leg's beginning and end at once. What could not be written waits here and goes with the next interval's write.
 */
export class MetricsFlusher {
  readonly #options: FlusherOptions;
  /** socketId -> what of that leg is not written yet: its end makes its beginning superfluous. Oldest first. */
  readonly #waiting = new Map<string, LegRecord>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #failing = false;
  /** The last write of live figures failed: they are not the store's yet, though no news to their legs. */
  #liveMissed = false;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#tick(), this.#options.intervalMs);
  }

  /** A leg has begun or ended. Resolves after the first try, whatever came of it: nothing that fails here is lost. */
  async record(record: LegRecord): Promise<void> {
    this.#wait(record);
    const batch = record.state === 'ended' ? { opened: [], ended: [record] } : { opened: [record], ended: [] };
    try {
      await this.#options.store.write(batch);
      this.#written([record]);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The last write: also of what still waits, tried until {@link LAST_WRITE_TIMEOUT_MS}; what is left goes to the log. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    try {
      await withDeadline(this.#writeRest(), LAST_WRITE_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
    }
    for (const record of this.#waiting.values()) this.#giveUp(record);
    this.#waiting.clear();
  }

  async #writeRest(): Promise<void> {
    await this.#tick();
    // Nothing waits any more when the time is over: see `stop`.
    while (this.#waiting.size > 0) {
      if (this.#failing) await sleep(LAST_WRITE_RETRY_MS);
      await this.#tick();
    }
  }

  /** One write at a time: while the store is slow, the next interval writes newer figures instead of more of them. */
  async #tick(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    const waiting = [...this.#waiting.values()].slice(0, MAX_IN_ONE_WRITE);
    try {
      const live = this.#options.liveFigures(this.#liveMissed);
      this.#liveMissed = true;
      await this.#options.store.write({
        opened: waiting.filter((record) => record.state === 'live'),
        live,
        ended: waiting.filter((record) => record.state === 'ended'),
      });
      this.#liveMissed = false;
      this.#written(waiting);
    } catch (error) {
      this.#failed(error);
    }
  }

  #wait(record: LegRecord): void {
    this.#waiting.set(record.socketId, record);
    if (this.#waiting.size <= MAX_WAITING) return;
    const [oldest] = this.#waiting.values();
    if (!oldest) return;
    this.#waiting.delete(oldest.socketId);
    this.#giveUp(oldest);
  }

  #written(records: readonly LegRecord[]): void {
    for (const record of records) {
      // A leg may have ended while its beginning was being written.
      if (this.#waiting.get(record.socketId) === record) this.#waiting.delete(record.socketId);
    }
    if (this.#failing) this.#options.logger.info({ waiting: this.#waiting.size }, 'metrics are written again');
    this.#failing = false;
  }

  #failed(err: unknown): void {
    if (!this.#failing) this.#options.logger.warn({ err, waiting: this.#waiting.size }, 'metrics cannot be written');
    this.#failing = true;
  }

  #giveUp(record: LegRecord): void {
    this.#options.logger.error({ record }, 'metrics of a leg could not be written: here they are');
  }
}
