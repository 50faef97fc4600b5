import { FRAME_MS } from './audio-format.ts';

/** A marker of the application's: told of when all audio before it has been played. */
type Marker = { readonly onPlayed: () => void };

/**
 * The audio that an application has sent ahead, played in real time: one frame leaves it every 20 ms, whatever came in
 * meanwhile. What it holds is what the caller is behind the application.
 */
export class PlayOutBuffer {
  /** Frames that found no room. */
  overflowed = 0;
  /** Frames that were thrown away by `clear`. */
  cleared = 0;
  played = 0;
  /** Times in which nothing was there to be played between two frames that were. */
  gapCount = 0;
  longestGapMs = 0;
  /** The most that it held, in milliseconds of audio. */
  longestMs = 0;

  readonly #capacity: number;
  #queue: (Buffer | Marker)[] = [];
  #frames = 0;
  #isPlaying = false;
  #starvedTicks = 0;

  /** @param capacity in frames. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get frames(): number {
    return this.#frames;
  }

  /** @returns false where there is no room for the frame: it is counted, and not kept. */
  add(frame: Buffer): boolean {
    if (this.#frames >= this.#capacity) {
      this.overflowed++;
      return false;
    }
    this.#queue.push(frame);
    this.#frames++;
    this.longestMs = Math.max(this.longestMs, this.#frames * FRAME_MS);
    return true;
  }

  /**
   * @param onPlayed called once all that came before has been played to its end; at once where it has been.
   * @returns false where as many marks wait already as there may be frames: it is not kept.
   */
  mark(onPlayed: () => void): boolean {
    if (this.#frames === 0 && !this.#isPlaying) onPlayed();
    else if (this.#queue.length - this.#frames >= this.#capacity) return false;
    else this.#queue.push({ onPlayed });
    return true;
  }

  /**
   * Throws away all audio, and with it what is being played.
   *
   * @returns the markers among it that were not reached, in their order.
   */
  clear(): (() => void)[] {
    const markers = this.#queue.filter((item): item is Marker => !Buffer.isBuffer(item));
    this.cleared += this.#frames;
    this.#queue = [];
    this.#frames = 0;
    this.#isPlaying = false;
    return markers.map(({ onPlayed }) => onPlayed);
  }

  /** The frame of this tick, once every 20 ms; undefined where there is none. */
  next(): Buffer | undefined {
    this.#passMarkers();
    // A frame that has been played is let go of at once: many calls would keep much memory alive.
    const frame = this.#queue.shift();
    if (frame === undefined || !Buffer.isBuffer(frame)) {
      this.#starvedTicks++;
      this.#isPlaying = false;
      return undefined;
    }
    this.#frames--;
    if (this.#starvedTicks > 0 && this.played > 0) {
      this.gapCount++;
      this.longestGapMs = Math.max(this.longestGapMs, this.#starvedTicks * FRAME_MS);
    }
    this.#starvedTicks = 0;
    this.#isPlaying = true;
    this.played++;
    return frame;
  }

  /** The frame before a marker has been played when the tick after it begins. */
  #passMarkers(): void {
    for (;;) {
      const [item] = this.#queue;
      if (item === undefined || Buffer.isBuffer(item)) return;
      this.#queue.shift();
      item.onPlayed();
    }
  }
}
