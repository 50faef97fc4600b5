/** Levels of objects and arrays in a document that is somebody else's: what nests much deeper cannot be written again. */
export const MOST_LEVELS = 100;

const isNest = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Says whether objects and arrays stand in each other more than {@link MOST_LEVELS} deep. */
export function isNestedTooDeep(value: unknown): boolean {
  let level: object[] = isNest(value) ? [value] : [];
  for (let depth = 0; depth < MOST_LEVELS; depth++) {
    level = level.flatMap((nest) => Object.values(nest).filter(isNest));
    if (level.length === 0) return false;
  }
  return true;
}
