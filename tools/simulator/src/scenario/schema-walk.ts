import { z } from 'zod';

export type Schema = z.core.$ZodType;
export type Path = readonly PropertyKey[];

/** The schema of what is written, without what makes it optional or reads it into something else. */
export function plain(schema: Schema): Schema {
  if (schema instanceof z.ZodPipe) return plain(schema.def.in);
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault;
  return isWrapped ? plain(schema.def.innerType) : schema;
}

/** The schema of a part of `value`; undefined where it cannot be told which of several it is. */
export function schemaAt(schema: Schema, path: Path, value: unknown): Schema | undefined {
  const whole = meantOf(plain(schema), value);
  const [key, ...rest] = path;
  if (key === undefined) return whole;
  let part: Schema | undefined;
  if (whole instanceof z.ZodObject) part = whole.shape[String(key)];
  if (whole instanceof z.ZodArray) part = whole.element;
  return part && schemaAt(part, rest, valueAt(value, [key]));
}

function meantOf(schema: Schema, value: unknown): Schema {
  if (!(schema instanceof z.ZodUnion)) return schema;
  const meant = meantKind(schema, value);
  return meant === undefined ? schema : meantOf(plain(schema.options[meant] as Schema), value);
}

/** Which of the kinds an object or a list is meant to be; undefined where it cannot be told. */
export function meantKind(union: z.ZodUnion, value: unknown): number | undefined {
  const kinds = union.options.map(plain);
  const indexOf = (is: (kind: Schema) => boolean) => {
    const index = kinds.findIndex(is);
    return index < 0 ? undefined : index;
  };
  if (Array.isArray(value)) return indexOf((kind) => kind instanceof z.ZodArray);
  if (!isObject(value)) return undefined;
  const names = namesOf(union);
  if (names.length === 0) return indexOf((kind) => kind instanceof z.ZodUnion);
  if (names.length === 1) return indexOf((kind) => kind instanceof z.ZodObject);
  const written = Object.keys(value).filter((key) => names.includes(key));
  return indexOf((kind) => {
    const [name = '', ...others] = kind instanceof z.ZodObject ? Object.keys(kind.shape) : [];
    return written.includes(name) && written.every((key) => key === name || others.includes(key));
  });
}

/** The keys that tell a union's kinds of object apart: the first of each. */
export const namesOf = (union: z.ZodUnion): string[] =>
  union.options.map(plain).flatMap((kind) => (kind instanceof z.ZodObject ? Object.keys(kind.shape).slice(0, 1) : []));

/** The words that may stand for the whole, and those that name its kinds of object. */
export function wordsOf(schema: Schema): string[] {
  const kind = plain(schema);
  if (kind instanceof z.ZodUnion) return [...kind.options.flatMap(wordsOf), ...namesOf(kind)];
  if (kind instanceof z.ZodEnum) return kind.options.filter((word) => typeof word === 'string');
  if (kind instanceof z.ZodLiteral) return [...kind.values].filter((word) => typeof word === 'string');
  return [];
}

/** @returns undefined where there is nothing. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((part, key) => (hasKeys(part) && Object.hasOwn(part, key) ? part[key] : undefined), value);

const hasKeys = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;

export const isObject = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  hasKeys(value) && !Array.isArray(value);
