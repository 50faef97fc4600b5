/** So many unknown frames in a row are waited with for a known one before the oldest is given up as altered. */
const MOST_UNKNOWN_FRAMES = 1024;
/** Two minutes: a frame that has not come back by then is missing. */
const MOST_OPEN_FRAMES = 6000;

/**
 * Finds out, for each frame that comes back, which of the sent ones it is.
 *
 * TCP keeps order and loses nothing, so what comes back is compared with the sent frames that are still open, oldest first.
 * A frame that equals none of them is kept in mind only: the next one that does match tells how many frames it passed
 * over, and as many of those as unknown frames came in their place were altered, the rest are missing; unknown frames
 * beyond that were never sent by us. So a dropped, altered or repeated frame never shifts the count of those after it.
 */
export class EchoMatcher {
  echoed = 0;
  missing = 0;
  altered = 0;
  /** More than was sent: repeated or invented by the application. */
  unexpected = 0;

  /** The open frames, oldest first. */
  readonly #frames: Buffer[] = [];
  /** Index of the oldest of them, counted from the first frame ever. */
  #firstIndex = 0;
  /** Never more than are open: each stands in the place of one. */
  #unknown = 0;

  /** Sent frames whose fate is open. */
  get open(): number {
    return this.#frames.length;
  }

  /** The next frame has been sent. Its bytes must not change any more. */
  sent(frame: Buffer): void {
    this.#frames.push(frame);
    if (this.open > MOST_OPEN_FRAMES) this.#giveUpOldest();
  }

  /** @returns the index of the sent frame that this is the echo of, or -1. */
  receive(frame: Buffer): number {
    for (let at = 0; at < this.#frames.length; at++) {
      if (!frame.equals(this.#frames[at] as Buffer)) continue;
      this.#settle(at);
      this.#letGo(at + 1);
      this.echoed++;
      return this.#firstIndex - 1;
    }
    if (this.#unknown === this.open) this.unexpected++;
    else this.#unknown++;
    if (this.#unknown > MOST_UNKNOWN_FRAMES) this.#giveUpOldest();
    return -1;
  }

  /** Nothing more will come: whatever is open gets its verdict. */
  finish(): void {
    this.#settle(this.open);
    this.#letGo(this.open);
  }

  /** Decides on the unknown frames and on this many of the oldest open ones. */
  #settle(passedOver: number): void {
    const altered = Math.min(this.#unknown, passedOver);
    this.altered += altered;
    this.missing += passedOver - altered;
    this.unexpected += this.#unknown - altered;
    this.#unknown = 0;
  }

  #letGo(count: number): void {
    if (count === 1) this.#frames.shift();
    else this.#frames.splice(0, count);
    this.#firstIndex += count;
  }

  /** The oldest open frame will not come back: an unknown one came in its place, or none. */
  #giveUpOldest(): void {
    if (this.#unknown > 0) {
      this.#unknown--;
      this.altered++;
    } else {
      this.missing++;
    }
    this.#letGo(1);
  }
}
