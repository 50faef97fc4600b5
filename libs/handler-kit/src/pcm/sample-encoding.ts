import { ALAW_SAMPLES, MULAW_SAMPLES } from './g711.ts';
import type { SampleEncoding } from './source-format.ts';

/** How a sample is read: its size, and its value in steps of 16 bits, with what is finer than them. */
interface SampleReader {
  readonly bytes: number;
  readonly read: (bytes: DataView, at: number) => number;
}

const READERS: Readonly<Record<SampleEncoding, SampleReader>> = {
  s16le: { bytes: 2, read: (bytes, at) => bytes.getInt16(at, true) },
  s16be: { bytes: 2, read: (bytes, at) => bytes.getInt16(at, false) },
  u8: { bytes: 1, read: (bytes, at) => (bytes.getUint8(at) - 128) * 2 ** 8 },
  s24le: { bytes: 3, read: (bytes, at) => bytes.getInt16(at + 1, true) + bytes.getUint8(at) / 2 ** 8 },
  s32le: { bytes: 4, read: (bytes, at) => bytes.getInt32(at, true) / 2 ** 16 },
  f32le: { bytes: 4, read: (bytes, at) => ofFloat(bytes.getFloat32(at, true)) },
  mulaw: { bytes: 1, read: (bytes, at) => MULAW_SAMPLES[bytes.getUint8(at)] as number },
  alaw: { bytes: 1, read: (bytes, at) => ALAW_SAMPLES[bytes.getUint8(at)] as number },
};

/** Full scale is 1; what no number is, as broken encoders write it, is silence, lest it spoil all that is computed with it. */
function ofFloat(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value)) * 2 ** 15;
}

export const bytesPerSample = (encoding: SampleEncoding): number => READERS[encoding].bytes;

/**
 * Reads samples out of pieces of bytes that may break anywhere, also within a sample or between the channels of one moment:
 * what makes no whole moment waits for the next piece.
 */
export class SampleDecoder {
  readonly #reader: SampleReader;
  /** Bytes of the samples of all channels at one moment. */
  readonly #momentBytes: number;
  readonly #rest: Uint8Array;
  #restBytes = 0;

  constructor(encoding: SampleEncoding, channels: number) {
    this.#reader = READERS[encoding];
    this.#momentBytes = this.#reader.bytes * channels;
    this.#rest = new Uint8Array(this.#momentBytes);
  }

  /** Bytes that wait for the rest of their moment. */
  get waitingBytes(): number {
    return this.#restBytes;
  }

  /** Samples in steps of 16 bits, -32768 to 32768, those of the channels by turns. */
  decode(piece: Uint8Array): Float32Array {
    const { bytes, read } = this.#reader;
    const momentBytes = this.#momentBytes;
    const available = this.#restBytes + piece.length;
    const samples = new Float32Array((Math.floor(available / momentBytes) * momentBytes) / bytes);
    let written = 0;
    let from = 0;
    if (this.#restBytes > 0 && samples.length > 0) {
      from = momentBytes - this.#restBytes;
      this.#rest.set(piece.subarray(0, from), this.#restBytes);
      this.#restBytes = 0;
      const moment = viewOf(this.#rest);
      for (let at = 0; at < momentBytes; at += bytes) samples[written++] = read(moment, at);
    }
    const view = viewOf(piece);
    for (; written < samples.length; from += bytes) samples[written++] = read(view, from);
    this.#rest.set(piece.subarray(from), this.#restBytes);
    this.#restBytes += piece.length - from;
    return samples;
  }

  /** Forgets what waits: the stream is over, and a part of a moment is no audio. */
  reset(): void {
    this.#restBytes = 0;
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
