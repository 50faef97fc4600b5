import type { AudioFormat } from '@kodama/shared/voice';
import type { CallAudio } from '../out/audio-out.ts';
import { WavDecoder } from '../wav/wav-decoder.ts';
import { checkedFormat } from './checked-format.ts';
import { type PcmConverter, pcmConverter } from './pcm-converter.ts';
import { PIECE_MS, piecesOf } from './pieces-of.ts';
import { bytesPerSample } from './sample-encoding.ts';
import { AudioFormatError, type SourceFormat } from './source-format.ts';

/** Makes audio in a call's format of a source's pieces, some of it at a time. */
export interface Conversion {
  /** The source's further pieces do not matter. */
  readonly done: boolean;
  /** @throws AudioFormatError where the piece cannot be what it should */
  take(piece: CallAudio): Generator<CallAudio, undefined>;
  /** What is left when the source has ended. */
  rest(): Generator<CallAudio, undefined>;
}

/**
 * @param format what the source is; the call's own format, unless given
 * @throws AudioFormatError where it cannot be converted, or is none
 */
export function conversionOf(format: SourceFormat | 'wav' | undefined, callFormat: AudioFormat): Conversion {
  if (format === undefined) return new Passage(callFormat);
  if (format === 'wav') return new WavConversion(callFormat);
  return new PcmConversion(format, callFormat);
}

const samplesOfPiece = (sampleRateHz: number, channels = 1): number =>
  Math.ceil((sampleRateHz * PIECE_MS) / 1000) * channels;

const bytesOfPiece = ({ sampleRateHz, channels, encoding }: Required<SourceFormat>): number =>
  samplesOfPiece(sampleRateHz, channels) * bytesPerSample(encoding);

/** What is in the call's format already: the same memory, cut where it is long. */
class Passage implements Conversion {
  readonly done = false;
  readonly #samples: number;

  constructor(callFormat: AudioFormat) {
    this.#samples = samplesOfPiece(callFormat.sampleRateHz);
  }

  *take(piece: CallAudio): Generator<CallAudio, undefined> {
    checkPiece(piece);
    yield* piecesOf(piece, piece instanceof Int16Array ? this.#samples : 2 * this.#samples);
  }

  *rest(): Generator<CallAudio, undefined> {}
}

class PcmConversion implements Conversion {
  readonly done = false;
  readonly #converter: PcmConverter;
  readonly #samples: number;
  readonly #bytes: number;

  constructor(format: SourceFormat, callFormat: AudioFormat) {
    const checked = checkedFormat(format);
    this.#converter = pcmConverter(checked, callFormat);
    this.#samples = samplesOfPiece(checked.sampleRateHz, checked.channels);
    this.#bytes = bytesOfPiece(checked);
  }

  *take(piece: CallAudio): Generator<CallAudio, undefined> {
    checkPiece(piece);
    for (const part of piecesOf(piece, piece instanceof Int16Array ? this.#samples : this.#bytes)) {
      yield* whatIsThere(this.#converter.convert(part));
    }
  }

  *rest(): Generator<CallAudio, undefined> {
    yield* whatIsThere(this.#converter.flush());
  }
}

/** While the header has not been read: 200 ms of the poorest WAV file there is. */
const BYTES_OF_FIRST_PIECE = 1600;

class WavConversion implements Conversion {
  readonly #decoder: WavDecoder;

  constructor(callFormat: AudioFormat) {
    this.#decoder = new WavDecoder(callFormat.sampleRateHz);
  }

  get done(): boolean {
    return this.#decoder.done;
  }

  *take(piece: CallAudio): Generator<CallAudio, undefined> {
    checkPiece(piece);
    if (piece instanceof Int16Array) {
      throw new AudioFormatError("a source of the format 'wav' gives a file's bytes, not samples");
    }
    let end = 0;
    for (let at = 0; at < piece.length && !this.done; at = end) {
      const { format } = this.#decoder;
      end = at + (format ? bytesOfPiece(format) : BYTES_OF_FIRST_PIECE);
      yield* whatIsThere(this.#decoder.decode(piece.subarray(at, end)));
    }
  }

  *rest(): Generator<CallAudio, undefined> {
    yield* whatIsThere(this.#decoder.end().rest);
  }
}

function* whatIsThere(samples: Int16Array): Generator<Int16Array, undefined> {
  if (samples.length > 0) yield samples;
}

/** Types say so already, but not to a stream that was told to give text, nor to JavaScript. */
function checkPiece(piece: unknown): void {
  if (piece instanceof Uint8Array || piece instanceof Int16Array) return;
  throw new AudioFormatError(
    `a source gave ${describe(piece)}: its pieces are bytes (Uint8Array, Buffer) or samples (Int16Array)`,
  );
}

/** What kind of value it is, and never what it holds. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  return `an object of the class ${value.constructor?.name ?? 'none'}`;
}
