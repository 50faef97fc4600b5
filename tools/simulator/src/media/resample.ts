/** Zero crossings of the sinc on each side of an output sample; with the Blackman window about 80 dB of rejection. */
const ZERO_CROSSINGS = 32;

/** Where the low-pass begins, as a part of the lower Nyquist frequency: leaves the filter room to fall before aliases begin. */
const PASS_BAND = 0.94;

/**
 * Brings samples to another rate by a polyphase windowed sinc, low-passed at the lower of the two rates.
 *
 * The result holds round(length * toHz / fromHz) samples and keeps the pitch and the moment of every sound: output sample i
 * is the input at i * fromHz / toHz. (wavefile's own resampler stretches the signal and lets through about -14 dB of error
 * at 6 kHz, which is why it only reads and writes files here.)
 */
export function resample(input: Float64Array, fromHz: number, toHz: number): Float64Array {
  if (fromHz === toHz) return input;
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const phases = toHz / divisor;
  const step = fromHz / divisor;
  const bandwidth = Math.min(1, toHz / fromHz);
  const reach = Math.ceil(ZERO_CROSSINGS / bandwidth);
  const kernels: Float64Array[] = [];

  const output = new Float64Array(Math.round((input.length * toHz) / fromHz));
  for (let i = 0; i < output.length; i++) {
    const phase = (i * step) % phases;
    const centre = (i * step - phase) / phases;
    kernels[phase] ??= makeKernel(phase / phases, reach, bandwidth * PASS_BAND);
    const kernel = kernels[phase];
    const from = Math.max(0, centre - reach + 1);
    const to = Math.min(input.length - 1, centre + reach);
    let sum = 0;
    for (let j = from; j <= to; j++) sum += (input[j] as number) * (kernel[j - centre + reach - 1] as number);
    output[i] = sum;
  }
  return output;
}

/** The filter's weights for the inputs at -reach + 1 … reach around an output that lies `fraction` of a sample after input 0. */
function makeKernel(fraction: number, reach: number, cutoff: number): Float64Array {
  return Float64Array.from({ length: 2 * reach }, (_, tap) => {
    const distance = tap - reach + 1 - fraction;
    const angle = (Math.PI * distance) / reach;
    const blackman = 0.42 + 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
    return cutoff * sinc(cutoff * distance) * blackman;
  });
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
