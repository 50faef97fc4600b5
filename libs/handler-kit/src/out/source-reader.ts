import type { CallAudio } from './audio-out.ts';

type Pieces = Iterable<CallAudio> | AsyncIterable<CallAudio>;

/** Reads a source piece by piece, until it ends or is cut off: also one that hangs. */
export class SourceReader {
  readonly #iterator: Iterator<CallAudio> | undefined;
  readonly #asyncIterator: AsyncIterator<CallAudio> | undefined;
  readonly #finished = Promise.withResolvers<undefined>();
  #wasCut = false;
  #onCut: (() => void) | undefined;
  #isDone = false;

  /** @param pieces of the source, in the call's format */
  constructor(pieces: Pieces) {
    if (Symbol.asyncIterator in pieces) this.#asyncIterator = pieces[Symbol.asyncIterator]();
    else this.#iterator = pieces[Symbol.iterator]();
  }

  get wasCut(): boolean {
    return this.#wasCut;
  }

  /** Fulfilled when nothing is read of it any more: the next source's turn. */
  get finished(): Promise<undefined> {
    return this.#finished.promise;
  }

  /** Whether its pieces are there when they are asked for: `nextNow` will do, and no promise is made for each of them. */
  get isReady(): boolean {
    return this.#iterator !== undefined;
  }

  /** The next piece of a source that is ready; `undefined` at the end, and once it is cut off. */
  nextNow(): CallAudio | undefined {
    return this.#wasCut ? undefined : this.#pieceOf(this.#iterator?.next());
  }

  /** The next piece; `undefined` at the end, and once it is cut off. */
  async next(): Promise<CallAudio | undefined> {
    if (this.#wasCut) return undefined;
    return this.#pieceOf(await this.orCut(this.#iterator?.next() ?? this.#asyncIterator?.next()));
  }

  /**
   * What the work comes to, or `undefined` as soon as it is cut off. One at a time. A race would do, were it not that a
   * promise remembers each race that it was in, for as long as it is pending.
   */
  orCut<T>(work: T | PromiseLike<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#onCut = () => resolve(undefined);
      if (this.#wasCut) resolve(undefined);
      Promise.resolve(work).then(resolve, reject);
    });
  }

  cut(): void {
    this.#wasCut = true;
    this.#onCut?.();
  }

  /** Lets go of the source, where it has not come to its end. */
  finish(): void {
    this.#finished.resolve(undefined);
    if (this.#isDone) return;
    try {
      Promise.resolve(this.#iterator?.return?.() ?? this.#asyncIterator?.return?.()).catch(() => {});
    } catch {
      // What it throws at its end is no one's any more.
    }
  }

  #pieceOf(step: IteratorResult<CallAudio> | undefined): CallAudio | undefined {
    if (step === undefined || this.#wasCut) return undefined;
    if (!step.done) return step.value;
    this.#isDone = true;
    return undefined;
  }
}
