import { FRAMES_PER_SECOND, type SampleRateHz } from '../media/audio-format.ts';

/** A second of frames: what memory grows by. */
const FRAMES_PER_CHUNK = FRAMES_PER_SECOND;

/**
 * Stores begin at different places of their first chunk. Else those of calls that begin together would all get new memory in
 * the same tick, which for 300 calls takes longer than the tick.
 */
let nextLead = 0;
const LEAD_STEP = 7;

interface Chunk {
  readonly samples: Int16Array;
  /** The same memory, to copy bytes into. */
  readonly bytes: Uint8Array;
  /** 1 where the tick had a frame. */
  readonly presence: Uint8Array;
}

/**
 * One direction of a call's audio, a frame or nothing a tick. A second without a frame takes no memory.
 *
 * Samples are copied as bytes: this is for little-endian machines, as is Node itself.
 */
export class FrameStore {
  readonly #samplesPerFrame: number;
  readonly #chunks: (Chunk | undefined)[] = [undefined];
  /** The places before the first tick's. */
  readonly #lead: number;
  /** The place of the next tick. */
  #place: number;

  constructor(sampleRateHz: SampleRateHz) {
    this.#samplesPerFrame = sampleRateHz / FRAMES_PER_SECOND;
    this.#lead = nextLead;
    this.#place = nextLead;
    nextLead = (nextLead + LEAD_STEP) % FRAMES_PER_CHUNK;
  }

  /** Hot: called for every tick. Silence fills up a short frame; what is too long is cut off. */
  add(frame: Buffer | undefined): void {
    const index = this.#place % FRAMES_PER_CHUNK;
    const c = (this.#place - index) / FRAMES_PER_CHUNK;
    this.#place++;
    if (c === this.#chunks.length) this.#chunks.push(undefined);
    if (!frame) return;
    const chunk = this.#chunks[c] ?? this.#newChunk();
    this.#chunks[c] = chunk;
    const frameBytes = this.#samplesPerFrame * 2;
    // The payload may begin at an odd offset of a larger buffer, so no Int16Array can be laid over it.
    frame.copy(chunk.bytes, index * frameBytes, 0, Math.min(frame.length & ~1, frameBytes));
    chunk.presence[index] = 1;
  }

  /** Samples from one index up to another, which both lie within what was added; silence where there was no frame. */
  samples(from: number, to: number): Int16Array {
    const result = new Int16Array(Math.max(0, to - from));
    const perChunk = this.#samplesPerFrame * FRAMES_PER_CHUNK;
    const first = from + this.#lead * this.#samplesPerFrame;
    const end = first + result.length;
    for (let c = Math.floor(first / perChunk); c * perChunk < end; c++) {
      const chunkStart = c * perChunk;
      const begin = Math.max(first, chunkStart);
      const part = this.#chunks[c]?.samples.subarray(begin - chunkStart, Math.min(perChunk, end - chunkStart));
      if (part) result.set(part, begin - first);
    }
    return result;
  }

  /** A value a tick: 1 where it had a frame, 0 where it had none. */
  presence(): Uint8Array {
    const result = new Uint8Array(this.#chunks.length * FRAMES_PER_CHUNK);
    for (const [c, chunk] of this.#chunks.entries()) if (chunk) result.set(chunk.presence, c * FRAMES_PER_CHUNK);
    return result.subarray(this.#lead, this.#place);
  }

  #newChunk(): Chunk {
    const samples = new Int16Array(this.#samplesPerFrame * FRAMES_PER_CHUNK);
    return { samples, bytes: new Uint8Array(samples.buffer), presence: new Uint8Array(FRAMES_PER_CHUNK) };
  }
}
