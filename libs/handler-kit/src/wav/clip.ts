import { createReadStream } from 'node:fs';
import { checkRate, LOWEST_RATE_HZ } from '../pcm/checked-format.ts';
import { PIECE_MS, piecesOf } from '../pcm/pieces-of.ts';
import { ratioOf } from '../pcm/polyphase-filter.ts';
import { AudioFormatError } from '../pcm/source-format.ts';
import { ClipAtRate } from './clip-at-rate.ts';
import { WavDecoder } from './wav-decoder.ts';

const LONGEST_MINUTES = 10;

/** What is looked at before the length is checked again. */
const WAV_PIECE_BYTES = 64 * 1024;

/**
 * Audio in memory that knows its sample rate: a prompt, a tone, or several of them in a row. It can be played in any number of
 * calls, of any rate, at the same time: a rate is converted once and kept.
 */
export class Clip {
  readonly #samples: Int16Array;
  readonly #sampleRateHz: number;
  readonly #atRates = new Map<number, ClipAtRate>();

  private constructor(samples: Int16Array, sampleRateHz: number) {
    this.#samples = samples;
    this.#sampleRateHz = sampleRateHz;
  }

  /**
   * @param samples mono; copied
   * @throws AudioFormatError for a rate that is not a whole number from 8000 to 192000
   */
  static ofSamples(samples: Int16Array, sampleRateHz: number): Clip {
    checkRate(sampleRateHz);
    return new Clip(samples.slice(), sampleRateHz);
  }

  /**
   * A WAV file of up to 10 minutes.
   *
   * @throws AudioFormatError where it is none that can be read, or longer
   */
  static ofWav(bytes: Uint8Array): Clip {
    const collected = new CollectedWav();
    for (const piece of piecesOf(bytes, WAV_PIECE_BYTES)) collected.add(piece);
    const { samples, sampleRateHz } = collected.end();
    return new Clip(samples, sampleRateHz);
  }

  /**
   * Loads a WAV file of up to 10 minutes; best once, when the module is loaded, and not in every call.
   *
   * @throws AudioFormatError where it is none that can be read, or longer; and what the file system throws
   */
  static async load(path: string | URL): Promise<Clip> {
    const collected = new CollectedWav();
    try {
      for await (const bytes of createReadStream(path)) collected.add(bytes);
      const { samples, sampleRateHz } = collected.end();
      return new Clip(samples, sampleRateHz);
    } catch (error) {
      if (!(error instanceof AudioFormatError)) throw error;
      throw new AudioFormatError(`${path}: ${error.message}`);
    }
  }

  /**
   * One after the other, at the highest of their rates; none at all are a clip of no length.
   *
   * @throws AudioFormatError where two of the rates have no simple ratio
   */
  static join(...clips: readonly Clip[]): Clip {
    const sampleRateHz = Math.max(LOWEST_RATE_HZ, ...clips.map((clip) => clip.sampleRateHz));
    const parts = clips.map((clip) => clip.samplesAt(sampleRateHz));
    return new Clip(concatenated(parts), sampleRateHz);
  }

  get sampleRateHz(): number {
    return this.#sampleRateHz;
  }

  get durationMs(): number {
    return (this.#samples.length / this.#sampleRateHz) * 1000;
  }

  /**
   * All of it at a rate, converted now as far as it has not been yet. The memory is the clip's own: not to be written to.
   *
   * @throws AudioFormatError where the two rates have no simple ratio
   */
  samplesAt(rateHz: number): Int16Array {
    if (rateHz === this.#sampleRateHz) return this.#samples;
    const converted = this.#atRate(rateHz);
    return converted.between(0, converted.length);
  }

  /**
   * All of it at a rate, in pieces of 200 ms which are converted when they are asked for. The memory is the clip's own.
   *
   * @throws AudioFormatError now, where the two rates have no simple ratio
   */
  piecesAt(rateHz: number): Generator<Int16Array> {
    const pieceLength = (rateHz * PIECE_MS) / 1000;
    if (rateHz === this.#sampleRateHz) return piecesOf(this.#samples, pieceLength);
    ratioOf(this.#sampleRateHz, rateHz);
    return this.#convertedPieces(rateHz, pieceLength);
  }

  *#convertedPieces(rateHz: number, length: number): Generator<Int16Array> {
    const converted = this.#atRate(rateHz);
    for (let at = 0; at < converted.length; at += length) {
      yield converted.between(at, Math.min(at + length, converted.length));
    }
  }

  #atRate(rateHz: number): ClipAtRate {
    const found = this.#atRates.get(rateHz);
    if (found) return found;
    checkRate(rateHz);
    const made = new ClipAtRate(this.#samples, this.#sampleRateHz, rateHz, PIECE_MS);
    this.#atRates.set(rateHz, made);
    return made;
  }
}

/** What is read of a file, as mono samples at its own rate. */
class CollectedWav {
  readonly #decoder = new WavDecoder();
  readonly #pieces: Int16Array[] = [];
  #length = 0;

  add(bytes: Uint8Array): void {
    const samples = this.#decoder.decode(bytes);
    const { format } = this.#decoder;
    if (!format) return;
    this.#length += samples.length;
    if (this.#length > format.sampleRateHz * 60 * LONGEST_MINUTES) {
      throw new AudioFormatError(
        `the WAV file is longer than the ${LONGEST_MINUTES} minutes that a clip may have: play it as a stream, ` +
          "call.out.play(createReadStream(path), { format: 'wav' })",
      );
    }
    // The samples may lie in the memory of the bytes, which are the caller's.
    this.#pieces.push(samples.slice());
  }

  /** @throws AudioFormatError where the file has ended in front of its audio */
  end(): { readonly samples: Int16Array; readonly sampleRateHz: number } {
    const { format } = this.#decoder.end();
    return { samples: concatenated(this.#pieces), sampleRateHz: format.sampleRateHz };
  }
}

function concatenated(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
