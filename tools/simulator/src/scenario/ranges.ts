import type { Unit } from './units.ts';

/** Values from `least` to `most`, both included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

const BETWEEN = /^(.+) to (.+)$/;
const BOUND = /^(at least|at most|<=?) ?(.+)$/;

/** A regular expression of the ranges of a unit, without its ends. */
export const rangePattern = ({ pattern }: Unit): string =>
  `(?:(?:at least|at most|<=?) ?)?${pattern}|${pattern} to ${pattern}`;

/**
 * Reads `at most 200ms` (or `< 200ms`), `at least 1s`, `100ms to 300ms`, or one value, which is a range of its own.
 *
 * @returns undefined where the text is no range, or one that nothing lies in.
 */
export function parseRange(text: string, unit: Unit): Range | undefined {
  const [, from, to] = BETWEEN.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return range(unit.parse(from), unit.parse(to));
  const [, bound, value] = BOUND.exec(text) ?? [];
  if (bound === undefined || value === undefined) return range(unit.parse(text), unit.parse(text));
  return bound === 'at least'
    ? range(unit.parse(value), Number.POSITIVE_INFINITY)
    : range(Number.NEGATIVE_INFINITY, unit.parse(value));
}

function range(least: number | undefined, most: number | undefined): Range | undefined {
  return least !== undefined && most !== undefined && least <= most ? { least, most } : undefined;
}

export const isWithin = (value: number, { least, most }: Range): boolean => value >= least && value <= most;

/** The range in words, as `at most 200 ms`. */
export function showRange({ least, most }: Range, { show }: Unit): string {
  if (least === most) return show(least);
  if (least === Number.NEGATIVE_INFINITY) return `at most ${show(most)}`;
  if (most === Number.POSITIVE_INFINITY) return `at least ${show(least)}`;
  return `${show(least)} to ${show(most)}`;
}
