import type { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, type NccoVerdict } from './check-ncco.ts';
import { findJsonMistake, type JsonMistake } from './json-mistake.ts';
import { jsonLocator, type Position, positionAt } from './json-position.ts';

/** Why a text is no JSON, with its place in the sentence. */
export interface ParseError extends Position {
  readonly message: string;
}

export interface NccoTextVerdict extends NccoVerdict {
  /** Defined where the text is no JSON, which is the only complaint then. */
  readonly parseError?: ParseError;
  /**
   * Where in the text a complaint's path, or a note, points to: the beginning of the value, or of what it is missing from;
   * the mistake where the text is no JSON. Undefined for what is no path.
   */
  readonly locate: (path: string) => Position | undefined;
}

/** Checks an NCCO that is a text, such as a file. */
export function checkNccoText(text: string, rules: RuleSettings): NccoTextVerdict {
  const mistake = findJsonMistake(text);
  if (mistake) return refuse(text, mistake);
  return { ...checkNcco(JSON.parse(text), rules), locate: jsonLocator(text) };
}

function refuse(text: string, { offset, expected }: JsonMistake): NccoTextVerdict {
  const position = positionAt(text, offset);
  const where = `line ${position.line}, column ${position.column}`;
  const character = JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0));
  const isCutShort = offset === text.length;
  const complaint = {
    rule: '2.0.1',
    path: '',
    found: isCutShort ? `a text that ends at ${where}` : `a text with ${character} at ${where}`,
    allowed: `JSON: ${expected} is expected there`,
  };
  const message = `${where}: ${isCutShort ? 'the text ends' : `${character} stands`} where ${expected} is expected`;
  return {
    complaints: [complaint],
    notes: [],
    actions: undefined,
    parseError: { ...position, message },
    locate: () => position,
  };
}
