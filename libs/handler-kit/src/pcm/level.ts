/** What silence is given as level: below all that 16-bit audio can hold. */
const FLOOR_DBFS = -100;

/**
 * The effective (RMS) level: -3 is a sine wave at full scale, speech is at about -20, -100 is silence. Enough to tell speech from
 * none where a line is quiet.
 */
export function levelDbfs(samples: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] as number) ** 2;
  const power = sum / Math.max(1, samples.length) / 2 ** 30;
  return Math.max(FLOOR_DBFS, 10 * Math.log10(power));
}
