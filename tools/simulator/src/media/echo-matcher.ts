/** So many unknown frames in a row are waited with for a known one before the oldest is given up as altered. */
const MOST_UNKNOWN_FRAMES = 1024;

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

  readonly #frames: readonly Buffer[];
  #sent = 0;
  #oldestOpen = 0;
  #unknown = 0;

  /** @param frames what is sent, over and over: frame k is frames[k % frames.length]. */
  constructor(frames: readonly Buffer[]) {
    this.#frames = frames;
  }

  /** Sent frames whose fate is open. */
  get open(): number {
    return this.#sent - this.#oldestOpen;
  }

  /** The next frame has been sent. */
  countSent(): void {
    this.#sent++;
  }

  /** @returns the index of the sent frame that this is the echo of, or -1. */
  receive(frame: Buffer): number {
    for (let index = this.#oldestOpen; index < this.#sent; index++) {
      if (!frame.equals(this.#frames[index % this.#frames.length] as Buffer)) continue;
      this.#settle(index);
      this.#oldestOpen = index + 1;
      this.echoed++;
      return index;
    }
    this.#unknown++;
    if (this.#unknown > MOST_UNKNOWN_FRAMES) this.#giveUpOne();
    return -1;
  }

  /** Nothing more will come: whatever is open gets its verdict. */
  finish(): void {
    this.#settle(this.#sent);
    this.#oldestOpen = this.#sent;
  }

  /** Decides on the unknown frames and on the open ones before `index`. */
  #settle(index: number): void {
    const passedOver = index - this.#oldestOpen;
    const altered = Math.min(this.#unknown, passedOver);
    this.altered += altered;
    this.missing += passedOver - altered;
    this.unexpected += this.#unknown - altered;
    this.#unknown = 0;
  }

  #giveUpOne(): void {
    this.#unknown--;
    if (this.open === 0) {
      this.unexpected++;
      return;
    }
    this.#oldestOpen++;
    this.altered++;
  }
}
