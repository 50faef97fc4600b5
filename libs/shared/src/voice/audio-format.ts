/** Duration of the audio in one binary message, ms. Fixed by Vonage; RTP calls it ptime. */
export const PTIME_MS = 20;

/** The sample rates that Vonage's WebSocket endpoint offers, Hz. */
export const SAMPLE_RATES_HZ = [8000, 16000, 24000] as const;

export type SampleRateHz = (typeof SAMPLE_RATES_HZ)[number];

/** The rate that is assumed where the first message names none, Hz. */
export const DEFAULT_SAMPLE_RATE_HZ: SampleRateHz = 16000;

/**
 * Linear PCM, 16-bit signed, mono, little-endian. The MIME name is L16, whose RTP form (RFC 3551) is big-endian; on
 * Vonage's WebSocket it is little-endian.
 */
export interface AudioFormat {
  readonly sampleRateHz: SampleRateHz;
  /** Size of one frame, bytes: 320, 640 or 960. A message of any other size makes Vonage end the call (close 1006). */
  readonly bytesPerFrame: number;
}

const BYTES_PER_SAMPLE = 2;

export function audioFormat(sampleRateHz: SampleRateHz): AudioFormat {
  return FORMATS[sampleRateHz];
}

const FORMATS: Readonly<Record<SampleRateHz, AudioFormat>> = {
  8000: { sampleRateHz: 8000, bytesPerFrame: bytesPerFrame(8000) },
  16000: { sampleRateHz: 16000, bytesPerFrame: bytesPerFrame(16000) },
  24000: { sampleRateHz: 24000, bytesPerFrame: bytesPerFrame(24000) },
};

function bytesPerFrame(sampleRateHz: SampleRateHz): number {
  return ((sampleRateHz * PTIME_MS) / 1000) * BYTES_PER_SAMPLE;
}

/** The value of the NCCO endpoint's `content-type` key, e.g. `audio/l16;rate=16000`. */
export function contentTypeOf(format: AudioFormat): `audio/l16;rate=${SampleRateHz}` {
  return `audio/l16;rate=${format.sampleRateHz}`;
}

/**
 * Reads a `content-type` such as `audio/l16;rate=16000`; case and spaces around the `;` and `=` do not matter.
 * `undefined` for any other type or rate.
 */
export function parseContentType(value: string): AudioFormat | undefined {
  const rate = /^\s*audio\/l16\s*;\s*rate\s*=\s*(\d{4,5})\s*$/i.exec(value)?.[1];
  return SAMPLE_RATES_HZ.map(audioFormat).find((format) => String(format.sampleRateHz) === rate);
}

/** The format whose frames have this size, for audio that comes before the message that names its format. */
export function formatOfFrameSize(bytes: number): AudioFormat | undefined {
  return SAMPLE_RATES_HZ.map(audioFormat).find((format) => format.bytesPerFrame === bytes);
}
