import { z } from 'zod';
import {
  isObject,
  meantKind,
  namesOf,
  type Path,
  plain,
  type Schema,
  schemaAt,
  valueAt,
  wordsOf,
} from './schema-walk.ts';
import { suggest } from './suggest.ts';

/** Something wrong at a place in a scenario. */
export interface Finding {
  readonly path: Path;
  /** Whether it is the last key of the path that is wrong, not its value. */
  readonly isKey: boolean;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
type UnionIssue = z.core.$ZodIssueInvalidUnion;

/**
 * Says for people what is wrong. Where something may be of several kinds, the kind that was meant is spoken of: the one
 * whose first key is there.
 *
 * @param schema of the whole of `written`, in which the path of the issue begins.
 */
export function explain(issue: Issue, schema: Schema, written: unknown): Finding[] {
  const { path } = issue;
  const value = valueAt(written, path);
  const own = schemaAt(schema, path, written);
  if (issue.code === 'unrecognized_keys') {
    const known = own instanceof z.ZodObject ? Object.keys(own.shape) : [];
    return issue.keys.map((key) => unknownKey(path, key, known));
  }
  if (issue.code === 'invalid_union') {
    const union = unionAt(schema, path, written);
    if (union) return explainUnion(issue, union, value).map((found) => ({ ...found, path: [...path, ...found.path] }));
  }
  return [{ path, isKey: false, message: withSuggestion(issue.message, value, own) }];
}

/** The union itself, where {@link schemaAt} gives the kind of it that was meant. */
function unionAt(schema: Schema, path: Path, written: unknown): z.ZodUnion | undefined {
  const key = path.at(-1);
  if (key === undefined) return schema instanceof z.ZodUnion ? schema : undefined;
  const parent = schemaAt(schema, path.slice(0, -1), written);
  let own: Schema | undefined;
  if (parent instanceof z.ZodObject) own = parent.shape[String(key)];
  if (parent instanceof z.ZodArray) own = parent.element;
  const union = own && plain(own);
  return union instanceof z.ZodUnion ? union : undefined;
}

/** @returns paths from the union on. */
function explainUnion({ errors, message }: UnionIssue, union: z.ZodUnion, value: unknown): Finding[] {
  const index = isObject(value) || Array.isArray(value) ? meantKind(union, value) : kindWithin(errors);
  if (index === undefined) {
    const names = namesOf(union);
    if (isObject(value) && names.length > 1) return [unclear(Object.keys(value), names)];
    return [{ path: [], isKey: false, message: withSuggestion(message, value, union) }];
  }
  return (errors[index] ?? []).flatMap((issue) => explain(issue, union.options[index] as Schema, value));
}

/** The kind that complains of something inside, not of the whole. */
function kindWithin(errors: UnionIssue['errors']): number | undefined {
  const index = errors.findIndex((issues) => !issues.some(({ path }) => path.length === 0));
  return index < 0 ? undefined : index;
}

/** None of the keys that say what this is, or several of them. */
function unclear(written: readonly string[], names: readonly string[]): Finding {
  const [name, other] = written.filter((key) => names.includes(key));
  if (other !== undefined)
    return { path: [other], isKey: true, message: `cannot stand beside "${name}": one at a time` };
  const near = written.find((key) => suggest(key, names) !== undefined) ?? written[0];
  if (near !== undefined) return unknownKey([], near, names);
  return { path: [], isKey: false, message: `has no key; it is to have one of ${names.join(', ')}` };
}

function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const meant = suggest(key, known);
  const help = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
  return { path: [...path, key], isKey: true, message: `is not known here; ${help}` };
}

function withSuggestion(message: string, value: unknown, schema: Schema | undefined): string {
  const meant = typeof value === 'string' && schema ? suggest(value, wordsOf(schema)) : undefined;
  return meant === undefined ? message : `${message}; did you mean "${meant}"?`;
}
