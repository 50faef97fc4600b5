import { checkedFormat } from './checked-format.ts';
import { toInt16 } from './int16.ts';
import { mixDown } from './mix-down.ts';
import { ratioOf } from './polyphase-filter.ts';
import { Resampler } from './resampler.ts';
import { SampleDecoder } from './sample-encoding.ts';
import { bytesOf, samplesOf } from './samples.ts';
import { AudioFormatError, type SourceFormat } from './source-format.ts';

/** Brings one stream of audio from one format to another, piece by piece. */
export interface PcmConverter {
  /**
   * What can be said so far of the pieces up to this one, of any length. Where there is nothing to convert, the result may be the
   * piece's own memory.
   *
   * @throws AudioFormatError for samples where the format is not `s16le`
   */
  convert(piece: Uint8Array | Int16Array): Int16Array;
  /** The end of the stream: the last few milliseconds. What is converted after that is a new stream. */
  flush(): Int16Array;
}

/**
 * For audio that comes from, or goes to, a service with a sample rate or encoding of its own. A call's `format` can be handed in
 * on either side as it is.
 *
 * @param to 16-bit mono at any rate
 * @throws AudioFormatError where one of them cannot be read, the two rates have no simple ratio, or `to` is not 16-bit mono
 */
export function pcmConverter(from: SourceFormat, to: SourceFormat): PcmConverter {
  const source = checkedFormat(from);
  const { sampleRateHz, channels, encoding } = checkedFormat(to);
  if (channels !== 1 || encoding !== 's16le') {
    throw new AudioFormatError(
      `audio is converted to 16-bit mono (s16le, 1 channel), not to ${encoding} of ${channels} channels`,
    );
  }
  ratioOf(source.sampleRateHz, sampleRateHz);
  return new SteppedConverter(source, sampleRateHz);
}

const NO_SAMPLES = new Int16Array(0);

class SteppedConverter implements PcmConverter {
  readonly #source: Required<SourceFormat>;
  readonly #toHz: number;
  readonly #decoder: SampleDecoder;
  /** Made when the first piece comes: its filter may take a moment, and the check of the formats must not. */
  #resampler: Resampler | undefined;

  constructor(source: Required<SourceFormat>, toHz: number) {
    this.#source = source;
    this.#toHz = toHz;
    this.#decoder = new SampleDecoder(source.encoding, source.channels);
  }

  convert(piece: Uint8Array | Int16Array): Int16Array {
    const samples = this.#mono(piece);
    if (this.#source.sampleRateHz === this.#toHz) {
      return samples instanceof Int16Array ? samples : Int16Array.from(samples, toInt16);
    }
    this.#resampler ??= new Resampler(this.#source.sampleRateHz, this.#toHz);
    return this.#resampler.convert(samples);
  }

  flush(): Int16Array {
    this.#decoder.reset();
    return this.#resampler?.flush() ?? NO_SAMPLES;
  }

  #mono(piece: Uint8Array | Int16Array): Int16Array | Float32Array {
    const { channels, encoding } = this.#source;
    if (piece instanceof Int16Array && encoding !== 's16le') {
      throw new AudioFormatError(`an Int16Array holds 16-bit samples, not ${encoding}: hand its audio over as bytes`);
    }
    const isReady = encoding === 's16le' && channels === 1 && this.#decoder.waitingBytes === 0;
    if (isReady && piece instanceof Int16Array) return piece;
    if (isReady && piece.byteLength % 2 === 0) return samplesOf(piece as Uint8Array);
    return mixDown(this.#decoder.decode(piece instanceof Int16Array ? bytesOf(piece) : piece), channels);
  }
}
