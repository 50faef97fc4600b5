import { VirtualTimers } from '@kodama/handler-kit/run';
import type { CallTime } from './call-time.ts';

/** Turns of the event loop after each step: streams pass on what they have in the turn after the one in which they get it. */
const TURNS = 2;

/** How long a file may keep the call waiting, ms of real time: a pipe that nobody writes to is read for ever. */
const FILES_TIMEOUT_MS = 10_000;

/**
 * Time that passes as fast as the work in it allows. It moves from one moment at which something is due to the next, and
 * stands still in between until promises have run and no file is being read or written.
 */
export class VirtualTime implements CallTime {
  readonly timers = new VirtualTimers();
  readonly outside = new VirtualTimers();
  /** File requests that somebody else's code has under way. */
  #othersRequests = fileRequests();

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

  async #quiet(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await nextTurn();
    if (!this.#isBusy()) return;
    const endMs = performance.now() + FILES_TIMEOUT_MS;
    while (this.#isBusy()) {
      if (performance.now() > endMs) {
        throw new Error(
          `a file or a pipe has been read or written for ${FILES_TIMEOUT_MS / 1000} s without an end: the call's clock waits ` +
            'for it; `realTime: true` does not',
        );
      }
      await nextTurn();
    }
  }

  #isBusy(): boolean {
    const requests = fileRequests();
    this.#othersRequests = Math.min(this.#othersRequests, requests);
    return requests > this.#othersRequests || process.getActiveResourcesInfo().includes('Immediate');
  }
}

/** Requests of the process to the file system that are under way. */
function fileRequests(): number {
  return process.getActiveResourcesInfo().filter((type) => type.startsWith('FSReq')).length;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
