const FIRST_MS = 250;
const LONGEST_MS = 4000;

/**
 * How long to wait before the next try, ms: twice as long after each failure, 4 s at the most, less up to a half of it by
 * chance. Without chance, all calls of a gateway that lost their service in the same moment would come back in the same moment.
 *
 * @param failures in a row, 1 or more
 * @param random from 0 up to 1
 */
export function backOffMs(failures: number, random: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) * (1 - random / 2);
}
