/** How the samples of a source are written: signed, unsigned or floating point, bits, byte order; or G.711. */
export const SAMPLE_ENCODINGS = ['s16le', 's16be', 'u8', 's24le', 's32le', 'f32le', 'mulaw', 'alaw'] as const;

export type SampleEncoding = (typeof SAMPLE_ENCODINGS)[number];

/** What the bytes of a source are. */
export interface SourceFormat {
  /** Hz, a whole number from 8000 to 192000. Not every pair of rates can be converted: see `Resampler`. */
  readonly sampleRateHz: number;
  /** 1 to 8, interleaved; more than one are mixed down to one, each with the same weight. Default 1. */
  readonly channels?: number;
  /** Default `s16le`. */
  readonly encoding?: SampleEncoding;
}

/** Thrown for audio that cannot be what a call plays; the message says what it is and what could be. */
export class AudioFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AudioFormatError';
  }
}
