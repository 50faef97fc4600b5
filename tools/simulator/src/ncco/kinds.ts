/** What a value of an NCCO may be. */
export interface Kind<T> {
  /** Continues the sentence "it is not …". */
  readonly allowed: string;
  readonly accepts: (value: unknown) => value is T;
  /** A complaint does not show what was found. */
  readonly isSecret?: true;
  /** The boolean or number that a text writes; undefined where it writes none. */
  readonly readText?: (text: string) => T | undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const jsonObject: Kind<JsonObject> = {
  allowed: 'an object',
  accepts: (value): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value),
};

export const boolean: Kind<boolean> = {
  allowed: 'true or false',
  accepts: (value) => typeof value === 'boolean',
  readText: (text) => (text === 'true' || text === 'false' ? text === 'true' : undefined),
};

/** The empty one is none. */
export const text: Kind<string> = {
  allowed: 'a text',
  accepts: (value): value is string => typeof value === 'string' && value !== '',
};

export const matching = (allowed: string, pattern: RegExp): Kind<string> => ({
  allowed,
  accepts: (value): value is string => typeof value === 'string' && pattern.test(value),
});

export const oneOf = <const Value extends string>(...values: readonly Value[]): Kind<Value> => ({
  allowed: values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`,
  accepts: (value): value is Value => values.includes(value as Value),
});

/** How JSON writes a number. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

const aNumber = (allowed: string, accepts: (value: number) => boolean): Kind<number> => ({
  allowed,
  accepts: (value): value is number => typeof value === 'number' && accepts(value),
  readText: (text) => (NUMBER.test(text) ? Number(text) : undefined),
});

/** Both ends are included. */
export const number = (from: number, to: number): Kind<number> =>
  aNumber(`a number from ${from} to ${to}`, (value) => value >= from && value <= to);

/** Both ends are included; a fraction is allowed. */
export const seconds = (from: number, to: number): Kind<number> =>
  aNumber(`a number of seconds from ${from} to ${to}`, number(from, to).accepts);

export const anySeconds = aNumber('a number of seconds', Number.isFinite);

export const positiveSeconds = aNumber('a number of seconds above 0', (value) => value > 0 && Number.isFinite(value));

/** Both ends are included. */
export const wholeNumber = (from: number, to?: number): Kind<number> =>
  aNumber(
    to === undefined ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`,
    (value) => Number.isInteger(value) && value >= from && value <= (to ?? Number.POSITIVE_INFINITY),
  );

/** Only the shape of a BCP 47 tag: which languages are spoken and understood changes too often. */
export const languageTag = matching('a language code such as en-US', /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/);

export const httpUrl: Kind<string> = {
  allowed: 'an http:// or https:// address',
  accepts: (value): value is string => typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value),
};

export const arrayOf = <T>(item: Kind<T>, items: string): Kind<readonly T[]> => ({
  allowed: `an array of ${items}`,
  accepts: (value): value is readonly T[] => Array.isArray(value) && value.every(item.accepts),
});

export const arrayOfOne = <T>(item: Kind<T>): Kind<readonly [T]> => ({
  allowed: `an array of one: ${item.allowed}`,
  accepts: (value): value is readonly [T] => Array.isArray(value) && value.length === 1 && item.accepts(value[0]),
});

/** How addresses of webhooks and of sounds are given. */
export const oneHttpUrl = arrayOfOne(httpUrl);

export const noneOrOneHttpUrl: Kind<readonly string[]> = {
  allowed: oneHttpUrl.allowed,
  accepts: (value): value is readonly string[] =>
    oneHttpUrl.accepts(value) || (Array.isArray(value) && value.length === 0),
};

export const urlOrArray: Kind<string | readonly [string]> = {
  allowed: `${httpUrl.allowed}, alone or in an array`,
  accepts: (value) => httpUrl.accepts(value) || oneHttpUrl.accepts(value),
};

export const legUuids = arrayOf(text, 'leg ids');
