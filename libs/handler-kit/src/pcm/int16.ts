/** The nearest 16-bit sample; what is too loud is held at full scale. */
export function toInt16(value: number): number {
  if (value >= 32767) return 32767;
  if (value <= -32768) return -32768;
  return Math.round(value);
}
