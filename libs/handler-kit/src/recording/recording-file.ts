import type { HandlerLogger } from '../handler/handler.ts';
import { WAV_HEADER_BYTES, wavHeader } from '../wav/wav-header.ts';
import type { DiskFile, RecordingDisk } from './recording-disk.ts';
import { BLOCK_MS } from './stereo-timeline.ts';

const CHANNELS = 2;
const BYTES_PER_MOMENT = 2 * CHANNELS;

/** Blocks that may wait for a slow disk: four seconds. */
const MAX_BLOCKS = 8;

/** The free space is looked at every so many blocks: five seconds. */
const BLOCKS_PER_SPACE_CHECK = 10;

/** How a recording came to its end: with the call, at its longest, for want of space, or by an error of the disk. */
export type RecordingEnd = 'call' | 'limit' | 'space' | 'error';

export interface RecordingFileParts {
  readonly directory: string;
  readonly name: string;
  readonly sampleRateHz: number;
  readonly longestMs: number;
  /** Less than this is not left free on the disk. */
  readonly minFreeBytes: number;
  readonly disk: RecordingDisk;
  readonly log: () => HandlerLogger;
}

/** Memory for a part of the audio, lent out to be filled. */
export interface Block {
  /** Both sides in turns. */
  readonly samples: Int16Array;
  readonly bytes: Uint8Array;
  /** Where in the audio it belongs, and how much of it counts, bytes. */
  position: number;
  length: number;
}

/**
 * A stereo WAV file that grows while a call goes on. One write is under way at a time, never waited for by who hands out
 * blocks; after each the header is brought up to date, so that the file is good at any moment, also where the process is
 * killed. Time stays true: what a slow disk leaves no block for is silence in the file, and counted. Whatever happens to the
 * file ends the recording, never more.
 */
export class RecordingFile {
  readonly #parts: RecordingFileParts;
  readonly #maxBytes: number;
  readonly #free: Block[] = [];
  #blocks = 0;
  readonly #waiting: Block[] = [];
  #wake: (() => void) | undefined;
  /** All that was handed over or skipped. */
  #position = 0;
  /** What the header says. */
  #dataBytes = 0;
  #unwrittenBytes = 0;
  #exists = false;
  #end: RecordingEnd | undefined;
  readonly #done: Promise<void>;

  constructor(parts: RecordingFileParts) {
    this.#parts = parts;
    this.#maxBytes = Math.floor((parts.longestMs * parts.sampleRateHz) / 1000) * BYTES_PER_MOMENT;
    this.#done = this.#record();
  }

  /** How it has ended, if it has: nothing is taken any more. */
  get end(): RecordingEnd | undefined {
    return this.#end;
  }

  /** Whether there is a file at all. */
  get exists(): boolean {
    return this.#exists;
  }

  /** How long the audio in the file is, ms. */
  get durationMs(): number {
    return this.#msOf(this.#dataBytes);
  }

  get fileBytes(): number {
    return WAV_HEADER_BYTES + this.#dataBytes;
  }

  /** What is silence in the file, or missing at its end, because the disk was too slow or failed, ms. */
  get unwrittenMs(): number {
    return this.#msOf(this.#unwrittenBytes);
  }

  /** Lends out a block of {@link BLOCK_MS}; `undefined` where all are waiting for the disk. */
  borrow(): Block | undefined {
    const block = this.#free.pop();
    if (block !== undefined || this.#blocks === MAX_BLOCKS) return block;
    this.#blocks += 1;
    return newBlock((this.#parts.sampleRateHz * BLOCK_MS) / 1000);
  }

  /** Takes a block back, so many moments of which are the next ones of the recording. */
  write(block: Block, moments: number): void {
    if (this.#end !== undefined) return;
    block.position = this.#position;
    block.length = this.#advance(moments);
    this.#waiting.push(block);
    this.#wake?.();
  }

  /** The next so many moments of the recording are silence. */
  skip(moments: number): void {
    if (this.#end === undefined) this.#advance(moments);
  }

  /** The next so many moments are silence because no block was to be had. */
  miss(moments: number): void {
    if (this.#end === undefined) this.#unwrittenBytes += this.#advance(moments);
  }

  /** Finishes the file. Fulfilled when it is closed, whatever came of it. */
  async close(): Promise<void> {
    this.#finish('call');
    await this.#done;
  }

  #advance(moments: number): number {
    const bytes = Math.min(moments * BYTES_PER_MOMENT, this.#maxBytes - this.#position);
    this.#position += bytes;
    if (this.#position === this.#maxBytes) this.#finish('limit');
    return bytes;
  }

  #finish(end: RecordingEnd): void {
    this.#end ??= end;
    this.#wake?.();
  }

  async #record(): Promise<void> {
    const { disk, directory, name, log } = this.#parts;
    try {
      if (!(await this.#hasSpace())) return;
      const file = await disk.create(directory, name);
      this.#exists = true;
      try {
        await this.#writeAll(file);
      } finally {
        await file.close();
      }
    } catch (error) {
      this.#end = 'error';
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      log().error({ directory, file: name, code }, 'the recording has failed; the call goes on without it');
    } finally {
      for (const { length } of this.#waiting) this.#unwrittenBytes += length;
      this.#waiting.length = 0;
      this.#free.length = 0;
    }
  }

  async #writeAll(file: DiskFile): Promise<void> {
    await this.#writeHeader(file);
    let untilCheck = BLOCKS_PER_SPACE_CHECK;
    for (let block = await this.#next(); block !== undefined; block = await this.#next()) {
      const { bytes, position, length } = block;
      await file.write(bytes.subarray(0, length), WAV_HEADER_BYTES + position);
      this.#waiting.shift();
      this.#dataBytes = position + length;
      // After its audio: the header never speaks of more than there is.
      await this.#writeHeader(file);
      this.#free.push(block);
      untilCheck -= 1;
      // What waits at the end is little.
      if (untilCheck > 0 || this.#end !== undefined) continue;
      untilCheck = BLOCKS_PER_SPACE_CHECK;
      if (!(await this.#hasSpace())) return;
    }
    if (this.#position === this.#dataBytes) return;
    // Silence at the end.
    this.#dataBytes = this.#position;
    await file.setLength(this.fileBytes);
    await this.#writeHeader(file);
  }

  /** The oldest block that waits, once there is one; `undefined` when there will be none any more. */
  async #next(): Promise<Block | undefined> {
    while (this.#waiting.length === 0 && this.#end === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    return this.#waiting[0];
  }

  async #hasSpace(): Promise<boolean> {
    const { disk, directory, minFreeBytes, log, name } = this.#parts;
    const freeBytes = await disk.freeBytes(directory);
    if (freeBytes >= minFreeBytes) return true;
    this.#end = 'space';
    log().warn(
      { directory, file: name, freeBytes, minFreeBytes },
      'too little disk space is free: this call is recorded no further',
    );
    return false;
  }

  #writeHeader(file: DiskFile): Promise<void> {
    const { sampleRateHz } = this.#parts;
    return file.write(wavHeader({ sampleRateHz, channels: CHANNELS, dataBytes: this.#dataBytes }), 0);
  }

  #msOf(bytes: number): number {
    return (bytes / BYTES_PER_MOMENT / this.#parts.sampleRateHz) * 1000;
  }
}

function newBlock(moments: number): Block {
  const samples = new Int16Array(moments * CHANNELS);
  return { samples, bytes: new Uint8Array(samples.buffer), position: 0, length: 0 };
}
