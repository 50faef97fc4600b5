import { fail } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as formats } from 'ajv-formats';
import { parse } from 'yaml';
import { root } from './images.ts';

/** A part of a YAML document: whatever it has, by its keys. */
// biome-ignore lint/suspicious/noExplicitAny: the document's own JSON schema says what is in it
export type Part = any;

/** Throws, with what is wrong, for a value that does not fit. */
export type Check = (value: unknown, what?: string) => void;

/** A document of docs/, whose parts are found by JSON pointer, and whose schemas values are held to. */
export class ApiDocument {
  readonly content: Part;
  readonly #ajv: Ajv | Ajv2020;
  readonly #checks = new Map<string, Check>();

  /** @param dialect of its schemas: OpenAPI 3.1 has 2020-12, AsyncAPI 3.0 draft 7 */
  constructor(path: string, dialect: 'draft-07' | '2020-12') {
    this.content = parse(readFileSync(new URL(path, root), 'utf8'));
    // Strict, so that a keyword with a slip in it is no keyword that holds for everything.
    const options = { allErrors: true, strict: true, strictTypes: false, strictRequired: false } as const;
    this.#ajv = dialect === 'draft-07' ? new Ajv(options) : new Ajv2020(options);
    formats.default(this.#ajv);
    // The document's own keys, for it is taken as a schema itself.
    this.#ajv.addVocabulary([...Object.keys(this.content), 'x-bytes-per-frame']);
    this.#ajv.addSchema(this.content, 'document', false, false);
  }

  /** What stands at `#/a/b`, and where references on the way and at its end lead to. */
  at(pointer: string): Part {
    return this.resolve({ $ref: pointer });
  }

  resolve(part: Part): Part {
    if (!isReference(part)) return part;
    return this.resolve(keysOf(part.$ref).reduce((found: Part, key) => this.resolve(found)?.[key], this.content));
  }

  /** A pointer to what stands there, past the references on the way: of those, ajv follows the ones of schemas alone. */
  through(...keys: readonly (string | number)[]): string {
    return keys.reduce((at: string, key) => `${this.#target(at)}/${pointer(key).slice(2)}`, '#');
  }

  #target(at: string): string {
    const part = keysOf(at).reduce((found: Part, key) => found?.[key], this.content);
    return isReference(part) ? this.#target(part.$ref) : at;
  }

  /** Holds values to the schema at a pointer. */
  check(pointer: string): Check {
    const known = this.#checks.get(pointer);
    if (known) return known;
    const validate = this.#ajv.compile({ $ref: `document${pointer}` });
    const check: Check = (value, what = pointer) => {
      if (validate(value)) return;
      fail(`${what} does not fit ${pointer}: ${inWords(validate.errors ?? [])}\n${JSON.stringify(value, null, 2)}`);
    };
    this.#checks.set(pointer, check);
    return check;
  }

  fits(pointer: string, value: unknown): boolean {
    try {
      this.check(pointer)(value);
      return true;
    } catch {
      return false;
    }
  }
}

/** The keys of a path as a JSON pointer. */
export function pointer(...keys: readonly (string | number)[]): string {
  return `#/${keys.map((key) => encodeURIComponent(String(key).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}

/** A reference, and not a schema that narrows the one that it refers to. */
function isReference(part: Part): boolean {
  return typeof part?.$ref === 'string' && Object.keys(part).length === 1;
}

function keysOf(pointer: string): string[] {
  const keys = pointer.split('/').slice(1);
  return keys.map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function inWords(errors: readonly ErrorObject[]): string {
  return errors
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ');
}
