/** What silence is given as level: below all that 16-bit audio can hold, as one step of it is -90.3 dBFS. */
export const FLOOR_DBFS = -100;

const FULL_SCALE = 2 ** 15;

/** What counts as silence unless something else is said: speech is some 30 dB above it, comfort noise 10 below. */
const SILENCE_DBFS = -50;

/** Sounds are looked for in windows of this. */
const WINDOW_MS = 10;

/** A power relative to full scale squared, in dB; {@link FLOOR_DBFS} at the least. */
export const dbfsOfPower = (power: number): number => Math.max(FLOOR_DBFS, 10 * Math.log10(power));

/** The mean of the squares, in parts of full scale squared; 0 of nothing. */
export function meanPower(samples: Int16Array, from = 0, to: number = samples.length): number {
  if (to <= from) return 0;
  let sum = 0;
  for (let i = from; i < to; i++) sum += (samples[i] as number) ** 2;
  return sum / (to - from) / FULL_SCALE ** 2;
}

/**
 * The effective (RMS) level: 0 is a square wave at full scale, -3.01 a sine wave at full scale, {@link FLOOR_DBFS} is
 * silence, or no samples at all.
 */
export const levelDbfs = (samples: Int16Array): number => dbfsOfPower(meanPower(samples));

/** Says whether the level over the whole is below the threshold. */
export const isSilent = (samples: Int16Array, thresholdDbfs = SILENCE_DBFS): boolean =>
  levelDbfs(samples) < thresholdDbfs;

/**
 * When the first sound begins, in ms: the first sample as loud as the threshold in the first 10 ms that are as loud as a
 * whole, so that one stray sample is no sound. Null where there is none.
 */
export function firstSoundMs(samples: Int16Array, sampleRateHz: number, thresholdDbfs = SILENCE_DBFS): number | null {
  const size = Math.round((sampleRateHz * WINDOW_MS) / 1000);
  const limit = FULL_SCALE * 10 ** (thresholdDbfs / 20);
  // Windows overlap by half, lest a sound that begins near the end of one be missed.
  for (let from = 0; from < samples.length; from += Math.ceil(size / 2)) {
    const to = Math.min(samples.length, from + size);
    if (dbfsOfPower((meanPower(samples, from, to) * (to - from)) / size) < thresholdDbfs) continue;
    for (let i = from; i < to; i++) if (Math.abs(samples[i] as number) >= limit) return (i / sampleRateHz) * 1000;
  }
  return null;
}
