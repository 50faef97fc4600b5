import { setImmediate as letOthersRun } from 'node:timers/promises';
// A CommonJS bundle, of which Node finds no names: it has to be imported whole.
import libsamplerate from '@alexanderolsen/libsamplerate-js';

/** The rates that audio may have; libsamplerate converts by a factor of up to 256, its WebAssembly build up to 192 kHz. */
export const LOWEST_RATE_HZ = 1000;
export const HIGHEST_RATE_HZ = 192_000;

export const isRateHz = (value: number): boolean =>
  Number.isInteger(value) && value >= LOWEST_RATE_HZ && value <= HIGHEST_RATE_HZ;

export interface Conversion {
  /** The best, unless given, takes about three times as long as the medium one, which is still finer than 16 bits are. */
  readonly quality?: 'best' | 'medium';
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * Brings samples to another rate by a sinc converter of libsamplerate.
 *
 * The result holds round(length * toHz / fromHz) samples and keeps the pitch and the moment of every sound: output sample i
 * is the input at i * fromHz / toHz. Other work of the process goes on meanwhile.
 *
 * @param fromHz a whole number from {@link LOWEST_RATE_HZ} to {@link HIGHEST_RATE_HZ}, as is `toHz`.
 * @throws the signal's reason, where it is aborted meanwhile.
 */
export async function resample(
  input: Float64Array,
  fromHz: number,
  toHz: number,
  { quality = 'best', signal }: Conversion = {},
): Promise<Float64Array> {
  if (fromHz === toHz) return input;
  const { SRC_SINC_BEST_QUALITY, SRC_SINC_MEDIUM_QUALITY } = libsamplerate.ConverterType;
  const converterType = quality === 'best' ? SRC_SINC_BEST_QUALITY : SRC_SINC_MEDIUM_QUALITY;
  const converter = await libsamplerate.create(1, fromHz, toHz, { converterType });
  try {
    const output = new Float64Array(Math.round((input.length * toHz) / fromHz));
    // A tenth of a second takes about 2 ms. The library's own call for a whole recording blocks for all of it, loses the
    // end of long ones, and fails where a tenth of the rate is no whole number.
    const chunkLength = Math.ceil(fromHz / 10);
    let written = 0;
    for (let start = 0; written < output.length; start += chunkLength) {
      // Silence follows the last sample, as the converter holds back what it needs to look ahead.
      const chunk = new Float32Array(chunkLength);
      chunk.set(input.subarray(start, start + chunkLength));
      const converted = converter.full(chunk);
      output.set(converted.subarray(0, output.length - written), written);
      written += converted.length;
      await letOthersRun();
      signal?.throwIfAborted();
    }
    return output;
  } finally {
    converter.destroy();
  }
}
