import { z } from 'zod';

const isDigits = (value: unknown): boolean => typeof value === 'string' && /^\d+$/.test(value);
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;

/** What is said of a wrong value: what was found, and what is allowed. */
const wanted = (allowed: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is missing; it must be ${allowed}` : `${show(input)} is not ${allowed}`,
});

const checked = <T>(isRight: (value: unknown) => boolean, allowed: string) => z.custom<T>(isRight, wanted(allowed));

/** An object of a body; keys that the shape does not have are passed over. */
export const jsonObject = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, wanted('a JSON object'));

export const matching = (pattern: RegExp, allowed: string) =>
  checked<string>((value) => typeof value === 'string' && pattern.test(value), allowed);

export const oneOf = <const T extends string>(values: readonly T[]) =>
  checked<T>((value) => values.includes(value as T), `one of ${values.map(show).join(', ')}`);

export const text = matching(/\S/, 'a text');

export const boolean = checked<boolean>((value) => typeof value === 'boolean', 'a boolean');

export const actions = checked<unknown[]>(Array.isArray, 'an array of actions');

export const oneWebUrl = checked<[string]>(
  (value) => Array.isArray(value) && value.length === 1 && isWebUrl(value[0]),
  'an array of one http(s) URL',
);

export const count = checked<number>(isCount, 'a whole number from 0');

/** The reference says number, and the official Node client text. */
export const style = checked<number | string>(
  (value) => isCount(value) || isDigits(value),
  'a whole number from 0',
).transform(Number);

/** The reference says text, and clients send numbers too. */
export const level = checked<number | string>(isLevel, 'a number from -1 to 1').transform(Number);

/** Of a query, where all values are texts. */
export const wholeNumber = (from: number, to: number, allowed: string) =>
  checked<string>((value) => isDigits(value) && Number(value) >= from && Number(value) <= to, allowed).transform(
    Number,
  );

/** Of a query; a date alone is its first moment in UTC. */
export const moment = checked<string>(isMoment, 'an ISO 8601 date, or date and time with its zone').transform(
  (value) => new Date(value),
);

function isWebUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '');
}

function isLevel(value: unknown): boolean {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  return isNumber && Math.abs(Number(value)) <= 1;
}

function isMoment(value: unknown): boolean {
  const shape = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$/;
  return typeof value === 'string' && shape.test(value) && !Number.isNaN(Date.parse(value));
}

/** A value as JSON, cut to a length that a line can hold. */
function show(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
