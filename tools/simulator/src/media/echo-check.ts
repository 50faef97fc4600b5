import { Measurements, round } from './distribution.ts';
import { EchoMatcher } from './echo-matcher.ts';

/** Judges the echo of one socket: each frame that went out is expected back, the same bytes. */
export class EchoCheck {
  readonly matcher = new EchoMatcher();
  readonly #now: () => number;
  #roundTripMs = new Measurements();
  /** When the frames were due that are still open, oldest first. */
  readonly #dueMs: number[] = [];
  #sent = 0;
  /** Index of the first frame whose time counts. */
  #firstTimed = 0;
  #interarrivalJitterMs = 0;
  #lastRoundTripMs: number | undefined;
  #onSettled: (() => void) | undefined;

  /** @param now the frame clock's time, ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  sent(frame: Buffer, dueMs: number): void {
    this.#sent++;
    this.#dueMs.push(dueMs);
    this.matcher.sent(frame);
    this.#letGo();
  }

  received(frame: Buffer): void {
    const nowMs = this.#now();
    const index = this.matcher.receive(frame);
    const dueMs = this.#letGo();
    if (index < 0) return;
    if (dueMs !== undefined && index >= this.#firstTimed) this.#measure(nowMs - dueMs);
    if (this.matcher.open === 0) this.#onSettled?.();
  }

  /** The figures of time are to tell of the frames from the next one on. */
  timeFromHere(): void {
    this.#firstTimed = this.#sent;
    this.#roundTripMs = new Measurements();
    this.#interarrivalJitterMs = 0;
    this.#lastRoundTripMs = undefined;
  }

  /** Resolves when every frame that was sent is back, or after so many ms. No frame may be sent meanwhile. */
  async settled(limitMs: number): Promise<void> {
    if (this.matcher.open === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onSettled = resolve;
    const limit = setTimeout(resolve, limitMs);
    await promise;
    clearTimeout(limit);
    this.#onSettled = undefined;
  }

  /** Times in milliseconds; a round trip counts from the moment when the frame was due. */
  figures() {
    return {
      roundTripMs: this.#roundTripMs.distribution(),
      interarrivalJitterMs: this.#lastRoundTripMs === undefined ? null : round(this.#interarrivalJitterMs),
    };
  }

  /** Forgets what is open no longer. @returns when the last one of it was due. */
  #letGo(): number | undefined {
    const count = this.#dueMs.length - this.matcher.open;
    if (count === 1) return this.#dueMs.shift();
    return count > 1 ? this.#dueMs.splice(0, count).at(-1) : undefined;
  }

  /** RFC 3550, 6.4.1: the difference of two transit times is that of two round trips, as both count from the due moment. */
  #measure(roundTripMs: number): void {
    this.#roundTripMs.add(roundTripMs);
    if (this.#lastRoundTripMs !== undefined) {
      const differenceMs = Math.abs(roundTripMs - this.#lastRoundTripMs);
      this.#interarrivalJitterMs += (differenceMs - this.#interarrivalJitterMs) / 16;
    }
    this.#lastRoundTripMs = roundTripMs;
  }
}
