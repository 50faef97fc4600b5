import { AudioFormatError, SAMPLE_ENCODINGS, type SourceFormat } from './source-format.ts';

export const LOWEST_RATE_HZ = 8000;
const HIGHEST_RATE_HZ = 192_000;
const MOST_CHANNELS = 8;

/**
 * A source's format with its defaults filled in.
 *
 * @throws AudioFormatError where it is none that can be read
 */
export function checkedFormat(format: SourceFormat): Required<SourceFormat> {
  if (typeof format !== 'object' || format === null) {
    throw new AudioFormatError(
      `a source's format is 'wav' or an object such as { sampleRateHz: 24000 }, not ${JSON.stringify(format)}`,
    );
  }
  const { sampleRateHz, channels = 1, encoding = 's16le' } = format;
  checkRate(sampleRateHz);
  if (!Number.isInteger(channels) || channels < 1 || channels > MOST_CHANNELS) {
    throw new AudioFormatError(`audio of ${channels} channels cannot be played: it may have 1 to ${MOST_CHANNELS}`);
  }
  if (!SAMPLE_ENCODINGS.includes(encoding)) {
    throw new AudioFormatError(
      `samples in the encoding ${JSON.stringify(encoding)} cannot be read: it may be ${SAMPLE_ENCODINGS.join(', ')}`,
    );
  }
  return { sampleRateHz, channels, encoding };
}

/** @throws AudioFormatError where it is no sample rate that can be read */
export function checkRate(sampleRateHz: number): void {
  if (Number.isInteger(sampleRateHz) && sampleRateHz >= LOWEST_RATE_HZ && sampleRateHz <= HIGHEST_RATE_HZ) return;
  throw new AudioFormatError(
    `audio of ${sampleRateHz} samples a second cannot be played: it may have ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ}, a whole number`,
  );
}
