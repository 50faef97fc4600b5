import { NOTHING } from './complaint.ts';

const LONGEST_CHARACTERS = 80;
const LONGEST_ITEMS = 4;
/** What looks like the query or the fragment of an address. */
const ASSIGNMENTS = /([?#])[^\s=]*=.*$/s;

/**
 * A value as JSON, cut to a length that a line can hold. Of objects, and of arrays that hold them, only the kind is told,
 * and of an address neither query nor fragment: they may hold a secret.
 */
export function showValue(value: unknown): string {
  if (value === undefined) return NOTHING;
  if (Array.isArray(value)) {
    const isShort = value.length <= LONGEST_ITEMS && !value.some(isObject);
    return isShort ? cut(`[${value.map(showScalar).join(',')}]`) : `an array of ${value.length}`;
  }
  return isObject(value) ? 'an object' : cut(showScalar(value));
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const showScalar = (value: unknown): string => (typeof value === 'string' ? showText(value) : String(value));

/** Cut before it is searched, so that no length of text makes that slow. */
const showText = (text: string): string =>
  JSON.stringify(text.slice(0, LONGEST_CHARACTERS).replace(ASSIGNMENTS, '$1…'));

const cut = (text: string): string =>
  text.length > LONGEST_CHARACTERS ? `${text.slice(0, LONGEST_CHARACTERS - 1)}…` : text;
