/** The sample rates that a Vonage WebSocket carries, in hertz. */
export const SAMPLE_RATES_HZ = [8000, 16000, 24000] as const;
export type SampleRateHz = (typeof SAMPLE_RATES_HZ)[number];

/** The span of audio in one binary message. */
export const FRAME_MS = 20;
export const FRAMES_PER_SECOND = 1000 / FRAME_MS;

export const isSampleRate = (value: unknown): value is SampleRateHz => SAMPLE_RATES_HZ.includes(value as SampleRateHz);

/** 160, 320 or 480 samples. */
const samplesPerFrame = (rate: SampleRateHz): number => rate / FRAMES_PER_SECOND;

/** 320, 640 or 960 bytes of signed 16-bit little-endian mono samples: the only size that Vonage sends and takes. */
export const bytesPerFrame = (rate: SampleRateHz): number => samplesPerFrame(rate) * 2;

/** The `content-type` of an NCCO's WebSocket endpoint and of the socket's first message. */
export type ContentType = `audio/l16;rate=${SampleRateHz}`;

export const contentTypeOf = (rate: SampleRateHz): ContentType => `audio/l16;rate=${rate}`;

/** The rate that a content type names, or undefined where it is none of the three. */
export const rateOfContentType = (contentType: unknown): SampleRateHz | undefined =>
  SAMPLE_RATES_HZ.find((rate) => contentTypeOf(rate) === contentType);

/** The nearest sample of signed 16 bits: what is too loud is held at full scale. */
export const toInt16 = (value: number): number => Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, Math.round(value)));
