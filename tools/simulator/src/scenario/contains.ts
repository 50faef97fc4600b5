/** Says whether a value has all of this in it: keys among others, lists item by item, scalars compared as text. */
export function contains(value: unknown, part: unknown): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(value) && value.length === part.length && part.every((item, i) => contains(value[i], item));
  }
  if (isObject(part)) {
    return (
      isObject(value) &&
      Object.entries(part).every(([key, item]) => Object.hasOwn(value, key) && contains(value[key], item))
    );
  }
  return !isObject(value) && String(value) === String(part);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
