import { systemTimers, type Timers } from '@kodama/handler-kit/run';
import type { CallTime } from './call-time.ts';
import { apart } from './system-work.ts';

/** The system's time, which passes by itself. */
export class RealTime implements CallTime {
  readonly timers: Timers;
  readonly outside: Timers = {
    ...systemTimers,
    after: (delayMs, callback) => apart(() => systemTimers.after(delayMs, callback)),
  };
  readonly #set = new Set<object>();

  constructor() {
    this.timers = { ...systemTimers, after: (delayMs, callback) => this.#after(delayMs, callback) };
  }

  get pending(): number {
    return this.#set.size;
  }

  until<Value>(settled: Promise<Value>): Promise<Value> {
    return settled;
  }

  #after(delayMs: number, callback: () => void): () => void {
    const entry = {};
    this.#set.add(entry);
    const cancel = this.outside.after(delayMs, () => {
      this.#set.delete(entry);
      callback();
    });
    return () => {
      this.#set.delete(entry);
      cancel();
    };
  }
}
