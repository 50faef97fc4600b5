import type { RuleSettings } from '../rules/rule-settings.ts';
import { type Findings, NOTHING } from './complaint.ts';
import { pathOfKey } from './json-path.ts';
import { type JsonObject, jsonObject, type Kind } from './kinds.ts';
import { showValue } from './show-value.ts';

const anyArrayOfOne: Kind<readonly [unknown]> = {
  allowed: 'an array of exactly one object',
  accepts: (value): value is readonly [unknown] => Array.isArray(value) && value.length === 1,
};

/** What the checks of all objects of one NCCO have in common. */
export interface CheckContext {
  readonly rules: RuleSettings;
  readonly findings: Findings;
}

/**
 * Hands out the values of one object of an NCCO, complains of those that are not what they are to be, and knows which keys
 * were asked for, so that the others can be noted.
 */
export class ObjectCheck {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly #context: CheckContext;
  readonly #asked = new Set<string>();

  constructor(object: JsonObject, path: string, context: CheckContext) {
    this.#object = object;
    this.#path = path;
    this.#context = context;
  }

  has(key: string): boolean {
    return this.#value(key) !== undefined;
  }

  /** The value, or undefined where there is none or, with a complaint, where it is wrong. */
  optional<T>(key: string, rule: string, kind: Kind<T>): T | undefined {
    return this.has(key) ? this.required(key, rule, kind) : undefined;
  }

  /** The value, or undefined with a complaint. */
  required<T>(key: string, rule: string, kind: Kind<T>): T | undefined {
    const value = this.#value(key);
    if (kind.accepts(value)) return value;
    const written = typeof value === 'string' ? kind.readText?.(value) : undefined;
    if (written !== undefined && kind.accepts(written)) return this.#takeText(key, written);
    this.complain(rule, key, kind.isSecret && value !== undefined ? 'the value' : showValue(value), kind.allowed);
    return undefined;
  }

  /** What `check` makes of the object under this key; undefined where there is none. Notes the keys `check` did not ask for. */
  inside<T>(key: string, rule: string, check: (inner: ObjectCheck) => T, kind = jsonObject): T | undefined {
    const object = this.optional(key, rule, kind);
    return object && checkObject(new ObjectCheck(object, pathOfKey(this.#path, key), this.#context), check);
  }

  /** As {@link inside}, of the only object in the array under this key, which has to be there. */
  insideOnlyOne<T>(key: string, rule: string, check: (inner: ObjectCheck) => T): T | undefined {
    const array = this.required(key, rule, anyArrayOfOne);
    return array && checkItem(array[0], rule, `${pathOfKey(this.#path, key)}[0]`, this.#context, check);
  }

  complain(rule: string, key: string, found: string, allowed: string): void {
    this.#context.findings.complain(rule, pathOfKey(this.#path, key), found, allowed);
  }

  /** Complains of a key that another one asks for. */
  complainMissing(rule: string, key: string, allowed: string): void {
    this.complain(rule, key, NOTHING, allowed);
  }

  /** Complains of a value that is right by itself, and not beside another one. */
  complainBeside(rule: string, key: string, other: string): void {
    this.complain(rule, key, showValue(this.#value(key)), `left out beside ${other}`);
  }

  note(key: string, sentence: string): void {
    this.#context.findings.note(pathOfKey(this.#path, key), sentence);
  }

  /** A key that is there and differs from this one in nothing but case, hyphens and underscores. */
  misspelling(key: string): string | undefined {
    const found = Object.keys(this.#object).find((other) => other !== key && bare(other) === bare(key));
    if (found !== undefined) this.#asked.add(found);
    return found;
  }

  /** Nothing is to be noted of the other keys: nobody can say which ones belong here. */
  passOverRest(): void {
    for (const key of Object.keys(this.#object)) this.#asked.add(key);
  }

  noteUnknownKeys(): void {
    for (const key of Object.keys(this.#object)) {
      if (this.#asked.has(key)) continue;
      const meant = [...this.#asked].find((asked) => bare(asked) === bare(key));
      this.note(key, meant === undefined ? 'is not a known key here' : `is not a known key here; ${meant} is`);
    }
  }

  /** The value that a text writes, if such a text is let through. */
  #takeText<T>(key: string, written: T): T | undefined {
    if (this.#context.rules.is('2.0.7', 'refused')) {
      this.complain('2.0.7', key, showValue(this.#value(key)), `${written}, without the quotes`);
      return undefined;
    }
    this.note(key, `is a text and is taken for ${written}; the reference has it without the quotes`);
    return written;
  }

  #value(key: string): unknown {
    this.#asked.add(key);
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }
}

/** What `check` makes of a value that has to be an object. */
export function checkItem<T>(
  value: unknown,
  rule: string,
  path: string,
  context: CheckContext,
  check: (inner: ObjectCheck) => T,
): T | undefined {
  if (jsonObject.accepts(value)) return checkObject(new ObjectCheck(value, path, context), check);
  context.findings.complain(rule, path, showValue(value), jsonObject.allowed);
  return undefined;
}

function checkObject<T>(object: ObjectCheck, check: (inner: ObjectCheck) => T): T {
  const result = check(object);
  object.noteUnknownKeys();
  return result;
}

const bare = (key: string): string => key.toLowerCase().replaceAll(/[-_]/g, '');
