import type { AudioFormat } from '@kodama/shared/voice';
import { FrameTrack } from './frame-track.ts';

/** What is given out at a time, ms. */
export const BLOCK_MS = 500;

/** How long ago a moment has to be before it is given out, ms: frames that come soon after a gap may be moved back into it. */
const SETTLING_MS = 500;

/** How long at most a moment waits for audio of the caller's that is held up on its way, ms. */
export const LONGEST_STALL_MS = 2000;

/** How far ahead of its moment our audio may be sent so that it is still recorded, ms. The gateway's lead is 2000 at most. */
const LONGEST_LEAD_MS = 3000;

const KEPT_MS = LONGEST_STALL_MS + BLOCK_MS;

/** A few frames between what is kept by the rules and what there is room for. */
const SPARE_MS = 200;

/**
 * Both sides of a call on one time line, from the call's beginning on: the caller's frames by when they came, ours by when
 * they are heard (see {@link FrameTrack} for what that means with jitter and stalls).
 *
 * A moment is settled, and can be taken, when it is {@link SETTLING_MS} past and the caller's audio has reached it without a
 * gap that may still be filled: a gap stays open until his audio has come evenly for {@link SETTLING_MS}. For audio that
 * does not come, a moment waits {@link LONGEST_STALL_MS} at most: what was held up for longer is cut, for time must stay
 * true. Ours that is sent more than {@link LONGEST_LEAD_MS} ahead is left out.
 */
export class StereoTimeline {
  readonly #samplesPerMs: number;
  readonly #caller: FrameTrack;
  readonly #ours: FrameTrack;
  #from = 0;
  /** There was a gap in the caller's audio from here on, which may still be filled, until his audio is even from then on. */
  #isUncertain = false;
  #uncertainFrom = 0;
  #evenFrom = 0;

  constructor(format: AudioFormat) {
    this.#samplesPerMs = format.sampleRateHz / 1000;
    this.#caller = new FrameTrack(format, KEPT_MS + SPARE_MS);
    this.#ours = new FrameTrack(format, KEPT_MS + LONGEST_LEAD_MS + SPARE_MS);
  }

  /** Hot. Take what is settled before, or there may be no room. */
  caller(frame: Uint8Array, arrivedMs: number): void {
    const at = this.#sampleAt(arrivedMs);
    const before = this.#caller.end;
    if (this.#caller.add(frame, at)) {
      if (at >= this.#evenFrom) this.#isUncertain = false;
      return;
    }
    if (!this.#isUncertain) this.#uncertainFrom = before;
    this.#isUncertain = true;
    this.#evenFrom = at + SETTLING_MS * this.#samplesPerMs;
  }

  /** Hot. Take what is settled before, or there may be no room. */
  ours(frame: Uint8Array, heardAtMs: number): void {
    this.#ours.add(frame, this.#sampleAt(heardAtMs));
  }

  /** What of ours would be heard from this moment on will not be. */
  clearOurs(fromMs: number): void {
    this.#ours.clear(this.#sampleAt(fromMs));
  }

  /** Samples of each side that can be taken because they are settled. */
  settled(nowMs: number): number {
    const now = this.#sampleAt(nowMs);
    const known = this.#isUncertain ? this.#uncertainFrom : this.#caller.end;
    const waited = now - LONGEST_STALL_MS * this.#samplesPerMs;
    return Math.max(0, Math.max(waited, Math.min(now - SETTLING_MS * this.#samplesPerMs, known)) - this.#from);
  }

  /** Samples of each side until now, settled or not. */
  rest(nowMs: number): number {
    return Math.max(0, this.#sampleAt(nowMs) - this.#from);
  }

  /** Whether there is no audio of either side in the next so many samples. */
  isEmpty(length: number): boolean {
    return this.#caller.isEmpty(length) && this.#ours.isEmpty(length);
  }

  /** Takes the next so many samples of both sides: the caller on the left, what he heard of us on the right. */
  take(block: Int16Array, length: number): void {
    block.fill(0, 0, length * 2);
    this.#caller.take(block, 0, length);
    this.#ours.take(block, 1, length);
    this.#from += length;
  }

  /** Goes on without them. */
  skip(length: number): void {
    this.#caller.skip(length);
    this.#ours.skip(length);
    this.#from += length;
  }

  /** The caller's audio that was held up for too long, ms. */
  get cutMs(): number {
    return (this.#caller.cut + this.#caller.refused) / this.#samplesPerMs;
  }

  /** Our audio that was sent too far ahead, ms. */
  get leftOutMs(): number {
    return (this.#ours.refused + this.#ours.cut) / this.#samplesPerMs;
  }

  /** The memory that it needs, however long the call is, bytes. */
  get ringBytes(): number {
    return this.#caller.ringBytes + this.#ours.ringBytes;
  }

  #sampleAt(ms: number): number {
    return Math.round(ms * this.#samplesPerMs);
  }
}
