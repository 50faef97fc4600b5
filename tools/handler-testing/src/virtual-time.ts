import { VirtualTimers } from '@kodama/handler-kit/run';
import type { CallTime } from './call-time.ts';
import { apart, type SystemWork } from './system-work.ts';

/** Turns of the event loop after each step: streams pass on what they have in the turn after the one in which they get it. */
const TURNS = 2;

/** How long that may keep the call waiting, ms of real time: a pipe that nobody writes to is read for ever. */
const BUSY_TIMEOUT_MS = 10_000;

const BUSY = {
  file: 'a file or a pipe has been read or written',
  turn: '`setImmediate` has been called again and again',
} as const;

/**
 * Time that passes as fast as the work in it allows. It moves from one moment at which something is due to the next, and
 * stands still in between until promises have run and no file is being read or written.
 */
export class VirtualTime implements CallTime {
  readonly timers = new VirtualTimers();
  readonly outside = new VirtualTimers();
  readonly #system: Pick<SystemWork, 'underWay'>;

  /** @param system what time stands still for */
  constructor(system: Pick<SystemWork, 'underWay'> = { underWay: undefined }) {
    this.#system = system;
  }

  get pending(): number {
    return this.timers.pending;
  }

  async until<Value>(settled: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const mark = () => {
      isSettled = true;
    };
    settled.then(mark, mark);
    await this.#quiet();
    while (!isSettled) {
      const nextMs = Math.min(this.timers.nextDueMs() ?? Infinity, this.outside.nextDueMs() ?? Infinity);
      if (nextMs === Infinity) throw new Error('nothing is left that could go on with the call');
      this.timers.advanceTo(nextMs);
      this.outside.advanceTo(nextMs);
      await this.#quiet();
    }
    return settled;
  }

  /** Waits for {@link TURNS} one after the other in which nothing is under way. */
  async #quiet(): Promise<void> {
    let busySinceMs: number | undefined;
    for (let turns = 0; turns < TURNS; turns++) {
      await nextTurn();
      const busy = this.#system.underWay;
      if (busy === undefined) continue;
      turns = -1;
      busySinceMs ??= performance.now();
      if (performance.now() - busySinceMs <= BUSY_TIMEOUT_MS) continue;
      throw new Error(
        `${BUSY[busy]} for ${BUSY_TIMEOUT_MS / 1000} s without an end, ${this.timers.monotonicMs()} ms after the call began: ` +
          'its clock waits for that; `realTime: true` does not',
      );
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => apart(() => setImmediate(resolve)));
