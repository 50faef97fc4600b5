import { setImmediate } from 'node:timers/promises';
import type { Timers } from '../../media/frame-clock.ts';

/** Time that passes as fast as it can: on each step of it, all that waited for it gets its turn first. */
export class VirtualTime implements Timers {
  /** While it is above 0, something real is waited for, and no time passes. */
  busy = 0;
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets time pass until this is settled. */
  async until<Value>(settled: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const mark = () => {
      isSettled = true;
    };
    settled.then(mark, mark);
    while (!isSettled) {
      await setImmediate();
      if (this.busy === 0) this.#pass();
    }
    return settled;
  }

  #pass(): void {
    const nextMs = Math.min(...this.#timers.map(({ atMs }) => atMs));
    if (!Number.isFinite(nextMs)) return;
    this.#nowMs = Math.max(this.#nowMs, nextMs);
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { callback } of due) callback();
  }
}
