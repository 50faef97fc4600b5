import type { AudioFormat } from '@kodama/shared/voice';

/** How far a frame may stand from its own time so that it follows without a seam on the one before it, ms. */
export const TOLERANCE_MS = 60;

/**
 * One side of a recording: frames, each at its place on the time line, until they are taken off it. All times and places are
 * counted in samples from the recording's beginning.
 *
 * - A frame follows on the one before it as long as that is within {@link TOLERANCE_MS} of its time: jitter makes no seams.
 * - One that comes later than that stands at its time: there was a gap.
 * - One that comes earlier shows that those before it were held up on their way and stand too late, since the wire loses
 *   nothing: they are moved back into the gaps before them. So a stall with a burst after it comes out as the even speech
 *   that it was. Where no gap is left, up to {@link TOLERANCE_MS} are let be; what is more is cut off the oldest end.
 */
export class FrameTrack {
  readonly #frameBytes: number;
  readonly #frameSamples: number;
  readonly #tolerance: number;
  /** A ring of frames. */
  readonly #bytes: Uint8Array;
  readonly #samples: Int16Array;
  /** Where each of them stands. */
  readonly #places: Float64Array;
  #oldest = 0;
  #count = 0;
  /** What is before this has been taken. */
  #from = 0;
  #end = 0;
  #cut = 0;
  #refused = 0;

  /** @param capacityMs audio that is kept at most; what comes while that waits to be taken is refused. */
  constructor({ bytesPerFrame, sampleRateHz }: AudioFormat, capacityMs: number) {
    this.#frameBytes = bytesPerFrame;
    this.#frameSamples = bytesPerFrame / 2;
    this.#tolerance = (TOLERANCE_MS * sampleRateHz) / 1000;
    const frames = Math.ceil((capacityMs * sampleRateHz) / 1000 / this.#frameSamples);
    this.#bytes = new Uint8Array(frames * bytesPerFrame);
    this.#samples = new Int16Array(this.#bytes.buffer);
    this.#places = new Float64Array(frames);
  }

  /** Where the newest frame ends. */
  get end(): number {
    return this.#end;
  }

  /** Samples that were cut off, because when they came what was to stand in their place had been taken. */
  get cut(): number {
    return this.#cut;
  }

  /** Samples for which there was no room. */
  get refused(): number {
    return this.#refused;
  }

  /** Bytes that the ring has, from the first frame to the last. */
  get ringBytes(): number {
    return this.#bytes.byteLength;
  }

  /**
   * Hot: copies a frame, which has exactly the format's size.
   *
   * @returns whether it simply followed on the one before it: false with a gap, or where others had to be moved back
   */
  add(frame: Uint8Array, time: number): boolean {
    if (this.#count === this.#places.length) {
      this.#refused += this.#frameSamples;
      return true;
    }
    const at = Math.max(time, this.#from);
    const late = at - this.#end;
    const slot = this.#slot(this.#count);
    this.#bytes.set(frame, slot * this.#frameBytes);
    const isGap = late > this.#tolerance;
    const back = late < 0 ? this.#back(-late) : 0;
    this.#places[slot] = (isGap ? at : this.#end) - back;
    this.#end = (this.#places[slot] as number) + this.#frameSamples;
    this.#count += 1;
    if (back > 0) this.#moveBack();
    return !isGap && back === 0;
  }

  /** Throws away what stands at this moment or after it. */
  clear(at: number): void {
    while (this.#count > 0 && this.#place(this.#count - 1) >= at) this.#count -= 1;
    this.#end = Math.max(this.#from, Math.min(this.#end, at));
    if (this.#count === 0) return;
    // The frame of the moment itself keeps its place: what of it is not heard is silence.
    const newest = this.#place(this.#count - 1);
    const start = this.#slot(this.#count - 1) * this.#frameSamples;
    const heard = Math.max(0, Math.min(this.#frameSamples, at - newest));
    this.#samples.fill(0, start + heard, start + this.#frameSamples);
    this.#end = Math.max(this.#from, newest + this.#frameSamples);
  }

  /** Whether the next so many samples are a single gap. */
  isEmpty(length: number): boolean {
    return this.#count === 0 || this.#place(0) >= this.#from + length;
  }

  /** Puts the next so many samples into every second one of a block, over the silence that it holds, and goes on. */
  take(block: Int16Array, channel: 0 | 1, length: number): void {
    const to = this.#from + length;
    for (let k = 0; k < this.#count; k++) {
      const place = this.#place(k);
      if (place >= to) break;
      const start = Math.max(place, this.#from);
      const end = Math.min(place + this.#frameSamples, to);
      let source = this.#slot(k) * this.#frameSamples + start - place;
      let target = (start - this.#from) * 2 + channel;
      for (let at = start; at < end; at++) {
        block[target] = this.#samples[source++] as number;
        target += 2;
      }
    }
    this.skip(length);
  }

  skip(length: number): void {
    this.#from += length;
    this.#end = Math.max(this.#end, this.#from);
    this.#dropPast();
  }

  /** How far to move all back for a frame that came this much before its place. */
  #back(early: number): number {
    const partTaken = this.#count === 0 ? 0 : Math.max(0, this.#from - this.#place(0));
    const gaps = this.#end - this.#from - (this.#count * this.#frameSamples - partTaken);
    const back = Math.max(Math.min(early, gaps), early - this.#tolerance);
    this.#cut += Math.max(0, back - gaps);
    return back;
  }

  /** From the newest on, until there is a gap that takes it up. */
  #moveBack(): void {
    let limit = this.#end - this.#frameSamples;
    for (let k = this.#count - 2; k >= 0; k--) {
      limit -= this.#frameSamples;
      if (this.#place(k) <= limit) break;
      this.#places[this.#slot(k)] = limit;
    }
    this.#dropPast();
  }

  #dropPast(): void {
    while (this.#count > 0 && this.#place(0) + this.#frameSamples <= this.#from) {
      this.#oldest = this.#slot(1);
      this.#count -= 1;
    }
  }

  #slot(k: number): number {
    return (this.#oldest + k) % this.#places.length;
  }

  #place(k: number): number {
    return this.#places[this.#slot(k)] as number;
  }
}
