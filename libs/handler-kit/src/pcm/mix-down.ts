/**
 * Makes one channel of several, each with the same weight, so that it can be no louder than the loudest of them.
 *
 * @param interleaved samples of whole moments, those of the channels by turns; written over, as the result is a part of it
 */
export function mixDown(interleaved: Float32Array, channels: number): Float32Array {
  if (channels === 1) return interleaved;
  const moments = interleaved.length / channels;
  for (let moment = 0; moment < moments; moment++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += interleaved[moment * channels + channel] as number;
    interleaved[moment] = sum / channels;
  }
  return interleaved.subarray(0, moments);
}
