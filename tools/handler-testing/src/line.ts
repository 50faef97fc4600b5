import type { CallTime } from './call-time.ts';

/** Which way: `out` from the handler to the caller, `in` from the caller to the handler. */
export type Way = 'in' | 'out';

/** A stretch of the call in which the connection carries nothing; what was to be carried comes all at once at its end. */
export interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
  /** Both, unless it says so. */
  readonly way?: Way;
}

interface Message {
  readonly bytes: number;
  readonly deliver: () => void;
}

/** The connection between a handler and the far end, in both directions: everything arrives at once and in order. */
export class Line {
  readonly #time: CallTime;
  readonly #startMs: number;
  readonly #stalls: readonly Stall[];
  readonly #waiting: Readonly<Record<Way, Message[]>> = { in: [], out: [] };
  #waitingOutBytes = 0;
  /** A stall's end that has come: the system's timers may be early by less than a millisecond. */
  #endedMs = 0;
  #isCut = false;
  readonly #forgetStalls: (() => void)[] = [];

  /** The call begins now. */
  constructor(time: CallTime, stalls: readonly Stall[]) {
    this.#time = time;
    this.#startMs = time.timers.monotonicMs();
    this.#stalls = stalls;
    for (const { toMs } of stalls) {
      const forget = time.outside.after(toMs, () => {
        this.#endedMs = Math.max(this.#endedMs, toMs);
        this.#resume('out');
        this.#resume('in');
      });
      this.#forgetStalls.push(forget);
    }
  }

  /** Since the call began. */
  nowMs(): number {
    return this.#time.timers.monotonicMs() - this.#startMs;
  }

  /** What the handler has sent and the far end has not read. */
  get waitingOutBytes(): number {
    return this.#waitingOutBytes;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  carry(way: Way, bytes: number, deliver: () => void): void {
    if (this.#isCut) return;
    if (this.#waiting[way].length === 0 && !this.#isStalled(way)) {
      deliver();
      return;
    }
    this.#waiting[way].push({ bytes, deliver });
    if (way === 'out') this.#waitingOutBytes += bytes;
  }

  /** Nothing is carried any more, nor what waits. */
  cut(): void {
    this.#isCut = true;
    for (const forget of this.#forgetStalls) forget();
  }

  #resume(way: Way): void {
    if (this.#isStalled(way)) return;
    if (way === 'out') this.#waitingOutBytes = 0;
    for (const { deliver } of this.#waiting[way].splice(0)) if (!this.#isCut) deliver();
  }

  #isStalled(way: Way): boolean {
    const nowMs = Math.max(this.nowMs(), this.#endedMs);
    return this.#stalls.some((stall) => nowMs >= stall.fromMs && nowMs < stall.toMs && (stall.way ?? way) === way);
  }
}
