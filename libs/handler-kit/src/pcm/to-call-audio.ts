import type { AudioFormat } from '@kodama/shared/voice';
import type { AudioSource, CallAudio } from '../out/audio-out.ts';
import type { Clip } from '../wav/clip.ts';
import { type Conversion, conversionOf, describe } from './conversion.ts';
import { ConvertedStream } from './converted-stream.ts';
import { AudioFormatError, type SourceFormat } from './source-format.ts';

/**
 * Turns any source into audio in a call's own format, in pieces of some 200 ms at most, each of which is read and converted only
 * when it is asked for. Who stops early says so by `return`, which stops the source, also one that has not been begun.
 *
 * The pieces may lie in the source's memory, or a clip's: they are to be copied and not written to.
 *
 * @param format of a source that is no clip; the call's own format, unless given
 * @throws AudioFormatError now, for what is no source and for a format that is none or cannot be converted, before anything is
 * read; for a WAV file, whose header comes first, and pieces that are none, when that is read
 */
export function toCallAudio(
  source: AudioSource,
  format: SourceFormat | 'wav' | undefined,
  callFormat: AudioFormat,
): Iterable<CallAudio> | AsyncIterable<CallAudio> {
  if (isClip(source)) return source.piecesAt(callFormat.sampleRateHz);
  const conversion = conversionOf(format, callFormat);
  if (source instanceof Uint8Array || source instanceof Int16Array) return converted([source], conversion);
  if (typeof source === 'object' && source !== null) {
    if (Symbol.asyncIterator in source) return new ConvertedStream(source, conversion);
    if (Symbol.iterator in source) return converted(source, conversion);
  }
  throw new AudioFormatError(
    `${describe(source)} cannot be played: a source is bytes (Uint8Array, Buffer), samples (Int16Array), a Clip, or an iterable or ` +
      'stream of bytes or samples',
  );
}

function* converted(source: Iterable<CallAudio>, conversion: Conversion): Generator<CallAudio, undefined> {
  for (const piece of source) {
    yield* conversion.take(piece);
    if (conversion.done) break;
  }
  yield* conversion.rest();
}

/** Known by what it can do, as a package with a kit of its own has a class of its own. */
function isClip(source: unknown): source is Clip {
  return typeof (source as Partial<Clip> | null | undefined)?.piecesAt === 'function';
}
