/** The predictor's order: enough for a handful of tones or the resonances of a voice. */
const ORDER = 12;

/** The predictor is made anew for every block of this. */
const BLOCK_MS = 32;

/** A joint stands out of this much on either side; less than a frame, so that the two ends of a lost frame are two. */
const AROUND_MS = 15;

/** What belongs to the joint itself: the predictor is off for as many samples as its order. */
const NEAR_MS = 2;

/** How far a joint stands out of the largest surprise around it. */
const STANDS_OUT = 4;

/** What a wave would have gone on with when it stops, in parts of its height: where it is less, it has faded or swung out. */
const CUT_HEIGHT = 0.2;

/** Less than 3 % of full scale is how soft sounds end by themselves. */
const LEAST_CUT = 0.03 * 2 ** 15;

/** Smaller surprises than 1 % of full scale are not heard as clicks. */
const LEAST_STEP = 0.01 * 2 ** 15;

/**
 * Counts the joints at which the sound breaks off and goes on differently: lost or repeated frames, cuts, a wave that stops
 * in its middle.
 *
 * Each sample is predicted from those before it. A joint is a sample that surprises four times as much as any other within
 * 15 ms; and where a wave goes over into silence, one that was predicted to be far from silent. A wave that begins is one
 * that ends, backwards. So a tone shows nearly every joint; a voice hides half of them or more, and has one of its own now
 * and then; noise hides all but its ends. Takes about 10 ms for a second of 16 kHz.
 */
export function clicks(samples: Int16Array, sampleRateHz: number): number {
  return joints(samples, sampleRateHz, true) + joints(samples.toReversed(), sampleRateHz, false);
}

/** @param isInner whether those between sound and sound count as well as those between sound and silence. */
function joints(samples: Int16Array, sampleRateHz: number, isInner: boolean): number {
  const surprise = surprises(samples, Math.round((sampleRateHz * BLOCK_MS) / 1000));
  const around = Math.round((sampleRateHz * AROUND_MS) / 1000);
  const near = Math.round((sampleRateHz * NEAR_MS) / 1000);
  let count = 0;
  // What came before the first samples and follows the last ones is not known.
  for (let i = near; i + around <= samples.length; i++) {
    const value = surprise[i] as number;
    if (value < LEAST_STEP || isSilent(samples, i - near, i - near / 2)) continue;
    if (isSilent(samples, i, i + near)) {
      // A voice fades within a few samples, and is silent within its periods, though never for long.
      const isLoudBefore = !isSilent(samples, i - 1, i) && highest(samples, i - 2, i) >= LEAST_STEP;
      const isCut = isLoudBefore && isSilent(samples, i, i + around);
      if (isCut && value >= Math.max(LEAST_CUT, CUT_HEIGHT * highest(samples, i - around, i))) count++;
    } else if (isInner && isHighest(surprise, i, near)) {
      const others = Math.max(highest(surprise, i - around, i - near), highest(surprise, i + near, i + around));
      if (value >= STANDS_OUT * others) count++;
    }
  }
  return count;
}

/** How far each sample is from its prediction. */
function surprises(samples: Int16Array, blockSize: number): Float64Array {
  const result = new Float64Array(samples.length);
  for (let start = 0; start < samples.length; start += blockSize) {
    const end = Math.min(samples.length, start + blockSize);
    // Taken from more than the block, as its window leaves out the ends.
    const taps = predictor(samples, Math.max(0, start - blockSize / 2), Math.min(samples.length, end + blockSize / 2));
    for (let i = start; i < end; i++) {
      let predicted = 0;
      for (let k = 0; k < ORDER; k++) predicted += (taps[k] as number) * (samples[i - 1 - k] ?? 0);
      result[i] = Math.abs((samples[i] as number) - predicted);
    }
  }
  return result;
}

/** Linear prediction by the autocorrelation method (Levinson and Durbin). */
function predictor(samples: Int16Array, from: number, to: number): Float64Array {
  const size = to - from;
  const windowed = Float64Array.from({ length: size }, (_, i) => {
    return (samples[from + i] as number) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size));
  });
  const correlation = Float64Array.from({ length: ORDER + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < size; i++) sum += (windowed[i] as number) * (windowed[i - lag] as number);
    return sum;
  });
  const taps = new Float64Array(ORDER);
  // A trace of noise keeps the equations of a pure tone solvable.
  let error = (correlation[0] as number) * (1 + 1e-9) + 1e-3;
  for (let order = 0; order < ORDER; order++) {
    let rest = correlation[order + 1] as number;
    for (let k = 0; k < order; k++) rest -= (taps[k] as number) * (correlation[order - k] as number);
    const reflection = rest / error;
    const before = taps.slice(0, order);
    for (let k = 0; k < order; k++) taps[k] = (before[k] as number) - reflection * (before[order - 1 - k] as number);
    taps[order] = reflection;
    error *= 1 - reflection * reflection;
    if (error <= 0) break;
  }
  return taps;
}

const isSilent = (samples: Int16Array, from: number, to: number): boolean =>
  highest(samples, from, to) <= LEAST_STEP / 10;

/** The largest absolute value. */
function highest(values: Float64Array | Int16Array, from: number, to: number): number {
  let most = 0;
  for (let i = Math.max(0, from); i < Math.min(values.length, to); i++) {
    most = Math.max(most, Math.abs(values[i] as number));
  }
  return most;
}

/** Says whether no other value this near is higher, nor one before it as high. */
function isHighest(values: Float64Array, at: number, near: number): boolean {
  const value = values[at] as number;
  return highest(values, at - near, at) < value && highest(values, at + 1, at + near) <= value;
}
