import { performance } from 'node:perf_hooks';
import { FRAME_MS } from './audio-format.ts';

/** Time as the frame clock needs it; tests bring their own. */
export interface Timers {
  /** Monotonic milliseconds with fractions. */
  now(): number;
  /** Calls back once, at the earliest after `delayMs`; gives back what cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

const systemTimers: Timers = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Whatever sends a frame every 20 ms. */
export interface PacedStream {
  /**
   * Called once for each frame at its moment or as soon after it as the process gets to run.
   *
   * @param dueMs when the frame was due, in the clock's time: the stream's start + index * 20.
   * @returns whether more frames follow.
   */
  onFrameDue(index: number, dueMs: number): boolean;
}

interface Pace {
  readonly stream: PacedStream;
  readonly startMs: number;
  index: number;
  dueMs: number;
}

/**
 * Paces all streams of a process with one timer.
 *
 * Every moment is reckoned from the stream's start, so lateness never adds up: a timer that fires late by several frames
 * sends all that are due by then, and the next frame is due when it always was. Node's timers count whole milliseconds, so
 * a frame may be up to about 1 ms late on an idle machine; it is never early.
 */
export class FrameClock {
  readonly #timers: Timers;
  readonly #originMs: number;
  readonly #paces = new Map<PacedStream, Pace>();
  #disarm = () => {};
  #armedForMs = Number.POSITIVE_INFINITY;

  constructor(timers: Timers = systemTimers) {
    this.#timers = timers;
    this.#originMs = timers.now();
  }

  now(): number {
    return this.#timers.now();
  }

  /**
   * Starts a stream within the next 20 ms.
   *
   * @param phaseMs 0 to below 20: the stream's place in the clock's grid. Streams of different phases never share a moment.
   */
  start(stream: PacedStream, phaseMs: number): void {
    const sinceOriginMs = this.now() - this.#originMs - phaseMs;
    const startMs = this.#originMs + phaseMs + Math.ceil(sinceOriginMs / FRAME_MS) * FRAME_MS;
    this.#paces.set(stream, { stream, startMs, index: 0, dueMs: startMs });
    if (startMs < this.#armedForMs) this.#arm(startMs);
  }

  /** No frame is asked of the stream after this. */
  stop(stream: PacedStream): void {
    this.#paces.delete(stream);
    if (this.#paces.size === 0) this.#arm(Number.POSITIVE_INFINITY);
  }

  #tick(): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const pace of this.#paces.values()) {
      while (pace.dueMs <= this.now()) {
        if (!pace.stream.onFrameDue(pace.index, pace.dueMs)) {
          this.#paces.delete(pace.stream);
          break;
        }
        pace.index++;
        pace.dueMs = pace.startMs + pace.index * FRAME_MS;
      }
      if (this.#paces.has(pace.stream)) nextMs = Math.min(nextMs, pace.dueMs);
    }
    this.#arm(nextMs);
  }

  #arm(dueMs: number): void {
    this.#disarm();
    this.#armedForMs = dueMs;
    // Rounded up: a timer that is early by a fraction would only be set again.
    this.#disarm = Number.isFinite(dueMs)
      ? this.#timers.after(Math.max(0, Math.ceil(dueMs - this.now())), () => this.#tick())
      : () => {};
  }
}
