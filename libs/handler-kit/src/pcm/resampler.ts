import { toInt16 } from './int16.ts';
import { type PolyphaseFilter, polyphaseFilter } from './polyphase-filter.ts';

/** Input is taken over in blocks of so many samples, so that a stream's memory does not grow with its pieces. */
const BLOCK_SAMPLES = 512;

/**
 * Brings a stream of samples to another rate by a polyphase FIR filter. Flat up to 0.9 of half the lower rate; what cannot be
 * kept at the new rate is gone instead of folded back. The pieces in which the samples come change nothing: what comes out is
 * the same to the bit, one piece goes on where the last one ended.
 *
 * Nothing is moved in time: output sample i is the input at i * fromHz / toHz. For that it looks ahead by 60 samples of the
 * lower rate (7.5 ms at 8 kHz), which `flush` brings out at the end.
 */
export class Resampler {
  readonly #filter: PolyphaseFilter;
  /** Samples that are still needed, and behind them the block that has come. */
  readonly #line: Float64Array;
  /** Samples in the line. */
  #filled: number;
  /** Where in the line the next output's first tap lies, and which row of the filter makes it. */
  #at = 0;
  #row = 0;
  #taken = 0;
  #given = 0;

  /**
   * @param fromHz a whole number, as is `toHz`
   * @throws AudioFormatError where their ratio has a number above 1280 in lowest terms
   */
  constructor(fromHz: number, toHz: number) {
    this.#filter = polyphaseFilter(fromHz, toHz);
    this.#line = new Float64Array(this.#filter.taps + BLOCK_SAMPLES);
    this.#filled = this.#filter.taps / 2 - 1;
  }

  /** @param piece of any length, 0 too; floats are in steps of 16 bits (-32768 to 32767), and finite */
  convert(piece: Int16Array | Float32Array): Int16Array {
    const { up, down, taps } = this.#filter;
    this.#taken += piece.length;
    const givenThen = Math.max(0, Math.ceil(((this.#taken - taps / 2) * up) / down));
    return this.#push(piece, new Int16Array(givenThen - this.#given));
  }

  /**
   * The end of the stream: what is still to come. All in all, n samples have become round(n * toHz / fromHz). What is converted
   * after that is a new stream.
   */
  flush(): Int16Array {
    const { up, down, taps } = this.#filter;
    const total = Math.round((this.#taken * up) / down);
    const silence = new Float32Array(taps / 2);
    const rest = this.#push(silence, new Int16Array(total - this.#given));
    this.#line.fill(0);
    this.#filled = taps / 2 - 1;
    this.#at = 0;
    this.#row = 0;
    this.#taken = 0;
    this.#given = 0;
    return rest;
  }

  /** Takes the piece in and fills the output, whose length is what comes of it. */
  #push(piece: Int16Array | Float32Array, output: Int16Array): Int16Array {
    const line = this.#line;
    let written = 0;
    for (let from = 0; from < piece.length; from += BLOCK_SAMPLES) {
      const block = piece.subarray(from, from + BLOCK_SAMPLES);
      line.set(block, this.#filled);
      this.#filled += block.length;
      written = this.#fill(output, written);
      line.copyWithin(0, this.#at, this.#filled);
      this.#filled -= this.#at;
      this.#at = 0;
    }
    this.#given += written;
    return output;
  }

  /** Hot: the inner loop runs some millions of times for a second of audio. Four sums keep the processor's adders busy. */
  #fill(output: Int16Array, from: number): number {
    const { up, down, taps, coefficients } = this.#filter;
    const line = this.#line;
    const wholeStep = Math.floor(down / up);
    const rowStep = down % up;
    const lastAt = this.#filled - taps;
    let at = this.#at;
    let row = this.#row;
    let written = from;
    while (at <= lastAt && written < output.length) {
      let tap = row * taps;
      let x = at;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let left = taps; left > 0; left -= 4) {
        a += (coefficients[tap] as number) * (line[x] as number);
        b += (coefficients[tap + 1] as number) * (line[x + 1] as number);
        c += (coefficients[tap + 2] as number) * (line[x + 2] as number);
        d += (coefficients[tap + 3] as number) * (line[x + 3] as number);
        tap += 4;
        x += 4;
      }
      output[written++] = toInt16(a + b + (c + d));
      at += wholeStep;
      row += rowStep;
      if (row >= up) {
        row -= up;
        at += 1;
      }
    }
    this.#at = at;
    this.#row = row;
    return written;
  }
}
