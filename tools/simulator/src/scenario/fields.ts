import { z } from 'zod';
import { showValue } from '../ncco/show-value.ts';
import { parseRange, rangePattern } from './ranges.ts';
import { count, duration, frequency, level, type Unit } from './units.ts';

/** What zod hands to the maker of a message. */
interface Found {
  readonly input?: unknown;
}

/** Makes the message "… is not …". @param allowed continues that sentence. */
export const isNot =
  (allowed: string) =>
  ({ input }: Found): string =>
    input === undefined ? `is missing; it is to be ${allowed}` : `${showValue(input)} is not ${allowed}`;

/** A text that is read into something else. */
function written<Value>(pattern: string, allowed: string, parse: (text: string) => Value | undefined) {
  const error = isNot(allowed);
  return z
    .string({ error })
    .regex(new RegExp(`^(?:${pattern})$`), { error, abort: true })
    .refine((text) => parse(text) !== undefined, { error })
    .transform((text) => parse(text) as Value);
}

const one = (unit: Unit) => written(unit.pattern, unit.allowed, (text) => unit.parse(text));

const rangeAllowed = ({ allowed, example }: Unit): string =>
  `${allowed}, nor "at most ${example}", "at least ${example}" or two of them with "to" between`;

const range = (unit: Unit) => written(rangePattern(unit), rangeAllowed(unit), (text) => parseRange(text, unit));

/** A number of hertz needs no unit. */
const hertz = z
  .number({ error: isNot(frequency.allowed) })
  .refine((hz) => frequency.parse(`${hz} Hz`) !== undefined, { error: isNot(frequency.allowed) });

const wholeNumber = z
  .int({ error: isNot(rangeAllowed(count)) })
  .min(0, { error: isNot(rangeAllowed(count)) })
  .transform((times) => ({ least: times, most: times }));

/** Milliseconds. */
export const aDuration = one(duration);
export const aFrequency = z.union([hertz, one(frequency)], { error: isNot(frequency.allowed) });
export const aLevel = one(level);
export const aDurationRange = range(duration);
export const aLevelRange = range(level);
export const aCount = z.union([wholeNumber, range(count)], { error: isNot(rangeAllowed(count)) });

/** @param allowed continues the sentence "it is not …". */
export const aText = (allowed: string) => z.string({ error: isNot(allowed) }).min(1, { error: isNot(allowed) });

export const anOption = <const Words extends readonly string[]>(words: Words) => z.enum(words);

/** YAML has `key:` with nothing behind it as null. */
export const aFlag = z.literal([true, null], { error: isNot('true') });

const WEB_URL = 'an http:// or https:// address';

export const aWebUrl = z
  .string({ error: isNot(WEB_URL) })
  .regex(/^https?:\/\//, { error: isNot(WEB_URL), abort: true })
  .refine((text) => URL.canParse(text), { error: isNot(WEB_URL) });

/** Keys and values that something has among others. */
export const aPart = z.record(z.string(), z.unknown(), { error: isNot('an object of keys and values') });
