import { type FrameSink, OPEN } from '../out/frame-sink.ts';
import type { Timers } from '../time/timers.ts';

/** One message, as the far end saw it come. */
export interface Arrival {
  readonly atMs: number;
  readonly message: Buffer | string;
  readonly isBinary: boolean;
  /** What a binary message held when it came. */
  readonly bytes: Buffer;
  /** When it is heard; of a command, when all that came before it has been. */
  readonly heardAtMs: number;
  /** What waited in the sender's socket when it came. */
  readonly bufferedAmount: number;
  /** The bound for being early that held when it came. */
  readonly leadMs: number;
  readonly wasPassed: boolean;
  /** The socket threw, and it was lost. */
  readonly isLost: boolean;
}

const FRAME_MS = 20;

/**
 * The far end of a call, with its own reckoning of what is heard when: a frame begins when the one before it ends, or when it
 * comes. Frames that were passed on are recorded and left out of that reckoning, as they come in time by themselves. So that
 * both sides reckon alike, a frame that was lost takes its time as well.
 */
export class FarEnd implements FrameSink {
  readyState = OPEN;
  bufferedAmount = 0;
  isBroken = false;
  leadMs = 0;
  /** Called once, within the next `send`. */
  onNext: (() => void) | undefined;
  readonly arrivals: Arrival[] = [];
  readonly texts: Arrival[] = [];
  readonly #timers: Timers;
  readonly #passed = new WeakSet<Buffer>();
  #heardUntilMs = Number.NEGATIVE_INFINITY;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** What has come, and was not lost, of audio. */
  get frames(): Arrival[] {
    return this.arrivals.filter(({ isBinary, isLost }) => isBinary && !isLost);
  }

  expectPassed(frame: Buffer): void {
    this.#passed.add(frame);
  }

  /** What it had is thrown away. */
  forget(): void {
    this.#heardUntilMs = Number.NEGATIVE_INFINITY;
  }

  send(message: Buffer | string, { binary }: { readonly binary: boolean }): void {
    const atMs = this.#timers.monotonicMs();
    const wasPassed = typeof message !== 'string' && this.#passed.has(message);
    const heardAtMs = wasPassed ? atMs : Math.max(atMs, this.#heardUntilMs);
    if (binary && !wasPassed) this.#heardUntilMs = heardAtMs + FRAME_MS;
    const { leadMs, bufferedAmount, isBroken: isLost } = this;
    const bytes = Buffer.from(message);
    const arrival = { atMs, message, isBinary: binary, bytes, heardAtMs, bufferedAmount, leadMs, wasPassed, isLost };
    this.arrivals.push(arrival);
    if (!binary) this.texts.push(arrival);
    const { onNext } = this;
    this.onNext = undefined;
    onNext?.();
    if (isLost) throw new Error('the socket is closing');
  }
}
