import type { CallAudio } from '../out/audio-out.ts';
import type { Conversion } from './conversion.ts';

type End = IteratorReturnResult<undefined>;

const END: End = { done: true, value: undefined };

/**
 * Reads an asynchronous source through a conversion.
 *
 * A generator would do, were it not for sources that give nothing: `return` waits there until the source has something to say.
 * Here it reaches the source at once, so that a stream of a service that hangs is closed when its call is over.
 */
export class ConvertedStream implements AsyncIterableIterator<CallAudio, undefined> {
  readonly #source: AsyncIterable<CallAudio>;
  readonly #conversion: Conversion;
  #iterator: AsyncIterator<CallAudio> | undefined;
  #pieces: Iterator<CallAudio, undefined> | undefined;
  #sourceEnded = false;
  #stopped = false;

  constructor(source: AsyncIterable<CallAudio>, conversion: Conversion) {
    this.#source = source;
    this.#conversion = conversion;
    // A stream that fails before its turn would end the process if nobody listened; the error is thrown when it is read.
    if (isNodeStream(source)) source.on('error', () => {});
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Not to be called again before it is fulfilled. */
  async next(): Promise<IteratorResult<CallAudio, undefined>> {
    while (!this.#stopped) {
      const piece = await this.#nextConverted();
      if (piece) return { done: false, value: piece };
      if (this.#sourceEnded) break;
      await this.#read();
    }
    return END;
  }

  /** Stops the source, also while `next` waits for it, which is then the end. */
  async return(): Promise<End> {
    this.#stopped = true;
    await this.#stopSource();
    return END;
  }

  async #nextConverted(): Promise<CallAudio | undefined> {
    try {
      return this.#pieces?.next().value;
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async #read(): Promise<void> {
    if (this.#conversion.done) {
      await this.#stopSource();
      this.#pieces = this.#conversion.rest();
      return;
    }
    try {
      this.#iterator ??= this.#source[Symbol.asyncIterator]();
      const { done, value } = await this.#iterator.next();
      if (done) this.#sourceEnded = true;
      this.#pieces = done ? this.#conversion.rest() : this.#conversion.take(value);
    } catch (error) {
      this.#sourceEnded = true;
      // A stream that is closed while it is waited for says so; nobody wants to know.
      if (!this.#stopped) throw error;
    }
  }

  async #stopSource(): Promise<void> {
    if (this.#sourceEnded) return;
    this.#sourceEnded = true;
    // The iterator of a stream closes it only where it has begun to read it and is not waiting for it.
    if (isNodeStream(this.#source)) this.#source.destroy();
    await this.#iterator?.return?.();
  }
}

/** The little of a Node stream that is needed here. */
interface NodeStream {
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

function isNodeStream(source: object): source is NodeStream {
  const { on, destroy } = source as Partial<NodeStream>;
  return typeof on === 'function' && typeof destroy === 'function';
}
