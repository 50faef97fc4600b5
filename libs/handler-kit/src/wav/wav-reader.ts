import { AudioFormatError, type SourceFormat } from '../pcm/source-format.ts';
import { FORMAT_CHUNK_BYTES, parseWavFormat } from './wav-format.ts';

/** What may stand in front of the audio: pictures and other such chunks have a few MB at most. */
const MAX_HEADER_BYTES = 16 * 2 ** 20;

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/** As who writes a stream puts it down, who cannot know: the audio goes on to the end. */
const UNKNOWN_SIZES = [0, 2 ** 32 - 1];

const NO_BYTES = new Uint8Array(0);

/** What is read next: the file's own header, that of a chunk, the format, a chunk that says nothing here, or the audio. */
type Part = 'file' | 'chunk' | 'format' | 'other' | 'audio';

/**
 * Reads a WAV file that comes in pieces of any length. It keeps 40 bytes at most, whatever the file says of itself.
 *
 * A file that is cut off gives the audio that is there; what stands behind the audio is left out.
 */
export class WavReader {
  #part: Part = 'file';
  /** Bytes of this part that are yet to come. */
  #left = RIFF_HEADER_BYTES;
  /** Of the part's bytes, those that are read as a whole. */
  readonly #kept = Buffer.alloc(FORMAT_CHUNK_BYTES);
  #keptBytes = 0;
  #headerBytes = 0;
  #format: Required<SourceFormat> | undefined;

  /** What the audio is, once its first byte, or the end of the header, has been read. */
  get format(): Required<SourceFormat> | undefined {
    return this.#part === 'audio' ? this.#format : undefined;
  }

  /** All the audio has been read, and what follows does not matter. */
  get done(): boolean {
    return this.#part === 'audio' && this.#left === 0;
  }

  /**
   * @returns the part of the piece that is audio, in its own memory; it may be empty
   * @throws AudioFormatError where this is no WAV file, or none that can be read
   */
  read(piece: Uint8Array): Uint8Array {
    let at = 0;
    while (this.#part !== 'audio') {
      if (at === piece.length && this.#left > 0) return NO_BYTES;
      at += this.#readHeader(piece.subarray(at));
    }
    const audio = piece.subarray(at, at + Math.min(this.#left, piece.length - at));
    this.#left -= audio.length;
    return audio;
  }

  /**
   * The file has ended.
   *
   * @returns what the audio was
   * @throws AudioFormatError where it has ended in front of its audio
   */
  end(): Required<SourceFormat> {
    if (this.format) return this.format;
    if (this.#headerBytes === 0) throw new AudioFormatError('this is no WAV file: it is empty');
    throw new AudioFormatError(`the WAV file ends after ${this.#headerBytes} bytes, in front of its audio`);
  }

  /** Takes what belongs to the part, and goes on to the next where that was all. */
  #readHeader(bytes: Uint8Array): number {
    const taken = Math.min(this.#left, bytes.length);
    this.#headerBytes += taken;
    if (this.#headerBytes > MAX_HEADER_BYTES) {
      throw new AudioFormatError(`the WAV file has no audio in its first ${MAX_HEADER_BYTES / 2 ** 20} MB`);
    }
    const kept = this.#part === 'other' ? 0 : Math.min(taken, this.#kept.length - this.#keptBytes);
    this.#kept.set(bytes.subarray(0, kept), this.#keptBytes);
    this.#keptBytes += kept;
    this.#left -= taken;
    if (this.#left === 0) this.#endPart(this.#kept.subarray(0, this.#keptBytes));
    else if (this.#part === 'file' && this.#keptBytes >= 4) checkKind(this.#kept);
    return taken;
  }

  #endPart(kept: Buffer): void {
    this.#keptBytes = 0;
    if (this.#part === 'chunk') {
      this.#beginChunk(kept.toString('latin1', 0, 4), kept.readUInt32LE(4));
      return;
    }
    if (this.#part === 'file') {
      checkKind(kept);
      checkContent(kept);
    }
    if (this.#part === 'format') this.#format = parseWavFormat(kept);
    this.#begin('chunk', CHUNK_HEADER_BYTES);
  }

  #beginChunk(id: string, size: number): void {
    if (id === 'data') {
      if (!this.#format) throw new AudioFormatError('the WAV file is broken: its audio comes before its format');
      this.#begin('audio', UNKNOWN_SIZES.includes(size) ? Number.POSITIVE_INFINITY : size);
      return;
    }
    // Chunks begin at even places.
    this.#begin(id === 'fmt ' ? 'format' : 'other', size + (size % 2));
  }

  #begin(part: Part, bytes: number): void {
    this.#part = part;
    this.#left = bytes;
  }
}

function checkKind(header: Buffer): void {
  const kind = header.toString('latin1', 0, 4);
  if (kind === 'RIFF') return;
  if (kind === 'RIFX' || kind === 'RF64') {
    const trait = kind === 'RIFX' ? 'big-endian' : 'longer than 4 GiB';
    throw new AudioFormatError(`a WAV file of the kind ${kind} (${trait}) cannot be played: it has to be RIFF`);
  }
  throw new AudioFormatError(`this is no WAV file: it begins with ${JSON.stringify(kind)} instead of "RIFF"`);
}

function checkContent(header: Buffer): void {
  const content = header.toString('latin1', 8, 12);
  if (content === 'WAVE') return;
  throw new AudioFormatError(
    `this is no WAV file: what its RIFF container holds is ${JSON.stringify(content)}, not "WAVE"`,
  );
}
