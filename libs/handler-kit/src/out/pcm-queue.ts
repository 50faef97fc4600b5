import { type AudioFormat, PTIME_MS } from '@kodama/shared/voice';
import { crossfade } from './crossfade.ts';
import type { PcmOrigin } from './pcm-origin.ts';

const BYTES_PER_SAMPLE = 2;

/** The origin of a frame that has audio of more than one. */
const SEVERAL = -1;

/** Frames that were taken are cut off the arrays when there are so many. */
const MAX_TAKEN = 64;

/** Frames in a slab, at most. */
const SLAB_FRAMES = 10;

/**
 * Audio on its way out, with marks in it. Pieces of any length go in; whole frames come out, each in memory that nobody touches
 * again: a socket may still hold it long after it was sent. What makes no whole frame yet, the rest, can be filled up with
 * silence.
 *
 * A byte is copied once, into the slab that is sent in the end. A frame that waits is a place in a slab, and becomes an object
 * when its turn is there: of hundreds of calls with a second of audio each, these objects alone would keep the collector busy.
 */
export class PcmQueue {
  readonly #format: AudioFormat;
  /** Beside each other: a frame's slab and its place in it, whose it is, and its age. Those before `#head` are taken. */
  readonly #slabs: (Buffer | undefined)[] = [];
  readonly #offsets: number[] = [];
  readonly #origins: number[] = [];
  readonly #times: number[] = [];
  #head = 0;
  #next: Buffer | undefined;
  /** Frames that were cut off the arrays: a mark is behind so many frames in all. */
  #cut = 0;
  #marks: { readonly mark: number; behind: number }[] = [];

  /** Where the rest is, and what comes next. */
  #slab: Buffer | undefined;
  #restAt = 0;
  #restBytes = 0;
  #restOrigin = SEVERAL;
  #restSinceMs = 0;
  /** A frame that was left out just before the rest. */
  #skipped: Buffer | undefined;

  constructor(format: AudioFormat) {
    this.#format = format;
  }

  /** Whole frames. */
  get frames(): number {
    return this.#slabs.length - this.#head;
  }

  get restBytes(): number {
    return this.#restBytes;
  }

  get bytes(): number {
    return this.frames * this.#format.bytesPerFrame + this.#restBytes;
  }

  get ms(): number {
    return (this.bytes * PTIME_MS) / this.#format.bytesPerFrame;
  }

  /** Neither audio nor a mark. */
  get isEmpty(): boolean {
    return this.bytes === 0 && this.#marks.length === 0;
  }

  /** The next whole frame; it stays until `take`. */
  get next(): Buffer | undefined {
    if (this.#head < this.#slabs.length) this.#next ??= this.#frame(this.#head);
    return this.#next;
  }

  /** How many frames of this origin, of those that come next, were written before a moment. */
  writtenBefore(origin: number, ms: number): number {
    let at = this.#head;
    while (at < this.#origins.length && this.#origins[at] === origin && (this.#times[at] as number) < ms) at += 1;
    return at - this.#head;
  }

  /** The mark that everything before has been taken of. */
  get nextMark(): number | undefined {
    const next = this.#marks[0];
    return next !== undefined && next.behind <= this.#cut + this.#head ? next.mark : undefined;
  }

  /**
   * Copies a piece to the end.
   *
   * @param maxBytes an even number: no more than that is taken
   * @returns how many bytes of the piece were taken
   */
  push(piece: Buffer, origin: PcmOrigin, nowMs: number, maxBytes: number): number {
    if (piece.length === 0) return 0;
    let at = origin.takeOff();
    let roomBytes = maxBytes;
    if (origin.hasHalf) {
      if (roomBytes < BYTES_PER_SAMPLE) return 0;
      this.#append(Buffer.of(origin.takeHalf(), piece.readUInt8(0)), 0, BYTES_PER_SAMPLE, origin.id, nowMs);
      at = 1;
      roomBytes -= BYTES_PER_SAMPLE;
    }
    const wholeBytes = Math.min(piece.length - at - ((piece.length - at) % BYTES_PER_SAMPLE), roomBytes);
    this.#append(piece, at, at + wholeBytes, origin.id, nowMs);
    at += wholeBytes;
    // Where there is no room for its other half, it is not taken either.
    if (piece.length - at === 1 && roomBytes - wholeBytes >= BYTES_PER_SAMPLE) {
      origin.keepHalf(piece.readUInt8(at));
      at += 1;
    }
    return at;
  }

  /** Fills the rest up with silence, half a sample of this origin among it. */
  flush(nowMs: number, origin?: PcmOrigin): void {
    if (origin?.hasHalf) {
      this.#append(Buffer.of(origin.takeHalf(), 0), 0, BYTES_PER_SAMPLE, origin.id, nowMs);
    }
    if (this.#slab === undefined || this.#restBytes === 0) return;
    this.#slab.fill(0, this.#restAt + this.#restBytes, this.#restAt + this.#format.bytesPerFrame);
    this.#complete(this.#slab);
  }

  /** Puts a mark behind all that is there. A rest is filled up: nothing that comes later is before the mark. */
  mark(mark: number, nowMs: number): void {
    this.flush(nowMs);
    this.#marks.push({ mark, behind: this.#cut + this.#slabs.length });
  }

  takeMark(): void {
    this.#marks.shift();
  }

  /** The next frame is done with. */
  take(): void {
    this.#slabs[this.#head] = undefined;
    this.#next = undefined;
    this.#head += 1;
    if (this.#head < MAX_TAKEN || this.#head < this.frames) return;
    this.#slabs.splice(0, this.#head);
    this.#offsets.splice(0, this.#head);
    this.#origins.splice(0, this.#head);
    this.#times.splice(0, this.#head);
    this.#cut += this.#head;
    this.#head = 0;
  }

  /**
   * Throws away whole frames that are of this origin alone, the oldest first. What follows them is blended in.
   *
   * @param overSilence whether silence was heard up to this moment
   * @returns how many there were
   */
  drop(origin: number, maxFrames: number, overSilence: boolean): number {
    const { sampleRateHz, bytesPerFrame } = this.#format;
    let to = this.#head;
    let skipped: Buffer | undefined;
    let dropped = 0;
    let markIndex = 0;
    const moveMarksUpTo = (behind: number) => {
      for (let mark = this.#marks[markIndex]; mark && mark.behind <= behind; mark = this.#marks[++markIndex]) {
        mark.behind -= dropped;
      }
    };
    this.#next = undefined;
    for (let from = this.#head; from < this.#slabs.length; from++) {
      moveMarksUpTo(this.#cut + from);
      if (dropped < maxFrames && this.#origins[from] === origin) {
        skipped ??=
          overSilence && dropped === 0 && from === this.#head ? Buffer.alloc(bytesPerFrame) : this.#frame(from);
        dropped += 1;
        continue;
      }
      if (skipped) crossfade(skipped, this.#frame(from), sampleRateHz);
      skipped = undefined;
      this.#slabs[to] = this.#slabs[from];
      this.#offsets[to] = this.#offsets[from] as number;
      this.#origins[to] = this.#origins[from] as number;
      this.#times[to] = this.#times[from] as number;
      to += 1;
    }
    moveMarksUpTo(Number.POSITIVE_INFINITY);
    this.#slabs.length = to;
    this.#offsets.length = to;
    this.#origins.length = to;
    this.#times.length = to;
    if (skipped) this.#skipped = skipped;
    return dropped;
  }

  /** Throws away the rest where it is of this origin alone. */
  dropRest(origin: number): void {
    if (this.#restOrigin === origin) this.#forgetRest();
  }

  /** What comes next begins after a pause, and is joined to nothing. */
  forgetJoint(): void {
    this.#skipped = undefined;
  }

  clear(): void {
    this.#slabs.length = 0;
    this.#offsets.length = 0;
    this.#origins.length = 0;
    this.#times.length = 0;
    this.#head = 0;
    this.#next = undefined;
    this.#slab = undefined;
    this.#cut = 0;
    this.#marks = [];
    this.#skipped = undefined;
    this.#forgetRest();
  }

  #frame(index: number): Buffer {
    const at = this.#offsets[index] as number;
    return (this.#slabs[index] as Buffer).subarray(at, at + this.#format.bytesPerFrame);
  }

  #append(piece: Buffer, start: number, end: number, origin: number, nowMs: number): void {
    const { bytesPerFrame } = this.#format;
    for (let at = start; at < end; ) {
      if (this.#restBytes === 0) {
        this.#restOrigin = origin;
        this.#restSinceMs = nowMs;
      } else if (this.#restOrigin !== origin) {
        this.#restOrigin = SEVERAL;
      }
      this.#slab ??= this.#newSlab(Math.ceil((end - at) / bytesPerFrame));
      const missing = bytesPerFrame - this.#restBytes;
      const copied = piece.copy(this.#slab, this.#restAt + this.#restBytes, at, Math.min(end, at + missing));
      at += copied;
      this.#restBytes += copied;
      if (copied === missing) this.#complete(this.#slab);
    }
  }

  #newSlab(frames: number): Buffer {
    this.#restAt = 0;
    return Buffer.allocUnsafe(Math.min(frames, SLAB_FRAMES) * this.#format.bytesPerFrame);
  }

  #complete(slab: Buffer): void {
    const { bytesPerFrame, sampleRateHz } = this.#format;
    const end = this.#restAt + bytesPerFrame;
    if (this.#skipped) crossfade(this.#skipped, slab.subarray(this.#restAt, end), sampleRateHz);
    this.#skipped = undefined;
    this.#slabs.push(slab);
    this.#offsets.push(this.#restAt);
    this.#origins.push(this.#restOrigin);
    this.#times.push(this.#restSinceMs);
    this.#restAt = end;
    if (end === slab.length) this.#slab = undefined;
    this.#forgetRest();
  }

  #forgetRest(): void {
    this.#restBytes = 0;
    this.#restOrigin = SEVERAL;
  }
}
