/** White noise, the same for the same seed; the peaks are this large. */
export function noise(length: number, peak: number, seed = 1): Int16Array {
  let state = seed;
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 31 - 1) * peak);
  });
}

/** So many seconds of a wave that is between -1 and 1. */
export const wave = (seconds: number, sampleRateHz: number, at: (seconds: number) => number): Int16Array =>
  Int16Array.from({ length: seconds * sampleRateHz }, (_, i) => Math.round(at(i / sampleRateHz) * 32_767));

/** Both at the same time; as long as the first. What is too loud is cut off. */
export const sum = (a: Int16Array, b: Int16Array): Int16Array =>
  a.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample + (b[i] ?? 0))));

/** The samples of frames, one after the other. */
export function pcmOf(frames: readonly Buffer[]): Int16Array {
  const bytes = Buffer.concat(frames);
  return Int16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2));
}
