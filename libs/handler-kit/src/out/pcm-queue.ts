import { type AudioFormat, PTIME_MS } from '@kodama/shared/voice';
import { crossfade } from './crossfade.ts';
import type { PcmOrigin } from './pcm-origin.ts';

const BYTES_PER_SAMPLE = 2;

/** The origin of a frame that has audio of more than one. */
const SEVERAL = -1;

/** Frames that were taken are cut off the arrays when there are so many. */
const MAX_TAKEN = 64;

/**
 * Audio on its way out, with marks in it. Pieces of any length go in; whole frames come out, each in memory of its own,
 * which nobody touches again: a socket may still hold it long after it was sent. What makes no whole frame yet, the rest,
 * can be filled up with silence.
 *
 * A byte is copied once, into the frame that is sent in the end.
 */
export class PcmQueue {
  readonly #format: AudioFormat;
  /** Beside each other: a frame, whose it is, and its age. Those before `#head` are taken. */
  readonly #frames: (Buffer | undefined)[] = [];
  readonly #origins: number[] = [];
  readonly #times: number[] = [];
  #head = 0;
  /** Frames that were cut off the arrays: a mark is behind so many frames in all. */
  #cut = 0;
  #marks: { readonly mark: number; behind: number }[] = [];

  #rest: Buffer | undefined;
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
    return this.#frames.length - this.#head;
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
    return this.#frames[this.#head];
  }

  get nextOrigin(): number | undefined {
    return this.#origins[this.#head];
  }

  /** When the next frame would have begun to be heard if it had come as it was spoken and gone straight out. */
  get nextSinceMs(): number | undefined {
    return this.#times[this.#head];
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
    let at = 0;
    let roomBytes = maxBytes;
    if (origin.hasHalf && piece.length > 0) {
      if (roomBytes < BYTES_PER_SAMPLE) return 0;
      this.#append(Buffer.of(origin.takeHalf(), piece.readUInt8(0)), 0, BYTES_PER_SAMPLE, origin.id, nowMs);
      at = 1;
      roomBytes -= BYTES_PER_SAMPLE;
    }
    const wholeBytes = Math.min(piece.length - at - ((piece.length - at) % BYTES_PER_SAMPLE), roomBytes);
    this.#append(piece, at, at + wholeBytes, origin.id, nowMs);
    at += wholeBytes;
    if (piece.length - at === 1) {
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
    if (this.#rest === undefined) return;
    this.#rest.fill(0, this.#restBytes);
    this.#complete(this.#rest, nowMs);
  }

  /** Puts a mark behind all that is there. A rest is filled up: nothing that comes later is before the mark. */
  mark(mark: number, nowMs: number): void {
    this.flush(nowMs);
    this.#marks.push({ mark, behind: this.#cut + this.#frames.length });
  }

  takeMark(): void {
    this.#marks.shift();
  }

  /** The next frame is done with. */
  take(): void {
    this.#frames[this.#head] = undefined;
    this.#head += 1;
    if (this.#head < MAX_TAKEN || this.#head < this.frames) return;
    this.#frames.splice(0, this.#head);
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
    for (let from = this.#head; from < this.#frames.length; from++) {
      moveMarksUpTo(this.#cut + from);
      const frame = this.#frames[from] as Buffer;
      if (dropped < maxFrames && this.#origins[from] === origin) {
        skipped ??= overSilence && dropped === 0 && from === this.#head ? Buffer.alloc(bytesPerFrame) : frame;
        dropped += 1;
        continue;
      }
      if (skipped) crossfade(skipped, frame, sampleRateHz);
      skipped = undefined;
      this.#frames[to] = frame;
      this.#origins[to] = this.#origins[from] as number;
      this.#times[to] = this.#times[from] as number;
      to += 1;
    }
    moveMarksUpTo(Number.POSITIVE_INFINITY);
    this.#frames.length = to;
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
    this.#frames.length = 0;
    this.#origins.length = 0;
    this.#times.length = 0;
    this.#head = 0;
    this.#cut = 0;
    this.#marks = [];
    this.#skipped = undefined;
    this.#forgetRest();
  }

  #append(piece: Buffer, start: number, end: number, origin: number, nowMs: number): void {
    const { bytesPerFrame } = this.#format;
    for (let at = start; at < end; ) {
      this.#rest ??= this.#begin(origin, nowMs);
      if (this.#restOrigin !== origin) this.#restOrigin = SEVERAL;
      const copied = piece.copy(this.#rest, this.#restBytes, at, end);
      at += copied;
      this.#restBytes += copied;
      if (this.#restBytes === bytesPerFrame) this.#complete(this.#rest, nowMs);
    }
  }

  #begin(origin: number, nowMs: number): Buffer {
    this.#restOrigin = origin;
    this.#restSinceMs = nowMs;
    return Buffer.allocUnsafe(this.#format.bytesPerFrame);
  }

  #complete(frame: Buffer, nowMs: number): void {
    if (this.#skipped) crossfade(this.#skipped, frame, this.#format.sampleRateHz);
    this.#skipped = undefined;
    this.#frames.push(frame);
    this.#origins.push(this.#restOrigin);
    this.#times.push(Math.min(this.#restSinceMs, nowMs - PTIME_MS));
    this.#forgetRest();
  }

  #forgetRest(): void {
    this.#rest = undefined;
    this.#restBytes = 0;
    this.#restOrigin = SEVERAL;
  }
}
