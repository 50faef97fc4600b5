const BYTES_PER_SAMPLE = 2;
const CROSSFADE_MS = 5;

/**
 * Joins audio to what it does not follow: its first 5 ms are blended, along a straight line, out of what would have come at
 * this place. Where that is silence, it is faded in.
 *
 * @param skipped the frame that was left out
 * @param frame changed in place
 */
export function crossfade(skipped: Buffer, frame: Buffer, sampleRateHz: number): void {
  const samples = (sampleRateHz * CROSSFADE_MS) / 1000;
  for (let index = 0; index < samples; index++) {
    const at = index * BYTES_PER_SAMPLE;
    const from = skipped.readInt16LE(at);
    const to = frame.readInt16LE(at);
    frame.writeInt16LE(Math.round(from + ((to - from) * index) / samples), at);
  }
}
