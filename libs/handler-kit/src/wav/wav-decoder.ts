import { type PcmConverter, pcmConverter } from '../pcm/pcm-converter.ts';
import type { SourceFormat } from '../pcm/source-format.ts';
import { WavReader } from './wav-reader.ts';

const NO_SAMPLES = new Int16Array(0);

/** Makes 16-bit mono samples of a WAV file that comes in pieces of any length. */
export class WavDecoder {
  readonly #reader = new WavReader();
  readonly #toHz: number | undefined;
  #converter: PcmConverter | undefined;

  /** @param toHz the rate of the samples; the file's own, unless given */
  constructor(toHz?: number) {
    this.#toHz = toHz;
  }

  /** What the file holds, once its header has been read. */
  get format(): Required<SourceFormat> | undefined {
    return this.#reader.format;
  }

  /** All the audio has been read, and what follows does not matter. */
  get done(): boolean {
    return this.#reader.done;
  }

  /**
   * The result may be a part of the piece's memory.
   *
   * @throws AudioFormatError where this is no WAV file, none that can be read, or of a rate that cannot be converted
   */
  decode(piece: Uint8Array): Int16Array {
    const audio = this.#reader.read(piece);
    const { format } = this.#reader;
    if (!format) return NO_SAMPLES;
    this.#converter ??= pcmConverter(format, { sampleRateHz: this.#toHz ?? format.sampleRateHz });
    return this.#converter.convert(audio);
  }

  /**
   * The file has ended.
   *
   * @returns the last few milliseconds, and what the file held
   * @throws AudioFormatError where it has ended in front of its audio
   */
  end(): { readonly rest: Int16Array; readonly format: Required<SourceFormat> } {
    const format = this.#reader.end();
    return { rest: this.#converter?.flush() ?? NO_SAMPLES, format };
  }
}
