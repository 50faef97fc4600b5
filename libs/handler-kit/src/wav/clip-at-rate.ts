import { piecesOf } from '../pcm/pieces-of.ts';
import { Resampler } from '../pcm/resampler.ts';

/**
 * A recording at another rate, converted only as far as somebody has read it: the first of 300 calls that play it converts it a
 * piece at a time, and the others find it done.
 */
export class ClipAtRate {
  readonly #input: Iterator<Int16Array>;
  readonly #resampler: Resampler;
  readonly #samples: Int16Array;
  #converted = 0;

  /** @param pieceMs how much is converted at a time */
  constructor(samples: Int16Array, fromHz: number, toHz: number, pieceMs: number) {
    this.#resampler = new Resampler(fromHz, toHz);
    this.#samples = new Int16Array(Math.round((samples.length * toHz) / fromHz));
    this.#input = piecesOf(samples, Math.ceil((fromHz * pieceMs) / 1000));
  }

  get length(): number {
    return this.#samples.length;
  }

  /** The samples from one place to another, which are there afterwards. */
  between(from: number, to: number): Int16Array {
    while (this.#converted < to) {
      const next = this.#input.next();
      const samples = next.done ? this.#resampler.flush() : this.#resampler.convert(next.value);
      this.#samples.set(samples, this.#converted);
      this.#converted += samples.length;
    }
    return this.#samples.subarray(from, to);
  }
}
