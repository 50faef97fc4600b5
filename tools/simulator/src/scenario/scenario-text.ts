import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import type { Path } from './schema-walk.ts';

/** More is no scenario, and takes long to read. */
const MOST_CHARACTERS = 1_000_000;
/** How often a text may refer to what it holds already: a few lines could otherwise stand for billions. */
const MOST_ALIASES = 100;

/** Both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What a YAML text says, and where it says it. */
export interface ScenarioText {
  readonly value: unknown;
  /** Where this stands; where it is missing, what it is missing in. */
  placeOf(path: Path, isKey: boolean): Place;
}

/** Why a text is not YAML. */
export interface YamlProblem extends Place {
  readonly message: string;
}

/** Reads YAML 1.2. Never throws. */
export function readScenarioText(text: string): ScenarioText | readonly YamlProblem[] {
  if (text.length > MOST_CHARACTERS) {
    return [{ line: 1, column: 1, message: `the text has ${text.length} characters; ${MOST_CHARACTERS} are allowed` }];
  }
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
    // What follows the first of them is mostly of its making.
    const [error] = document.errors;
    if (error) return [{ ...place(error.pos[0]), message: `the YAML is wrong: ${error.message}` }];
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    // What holds itself has no end, and no JSON.
    JSON.stringify(value);
    return { value, placeOf: (path, isKey) => place(offsetOf(document, path, isKey)) };
  } catch (error) {
    // Only aliases without end and what is nested thousands of times deep come here.
    const [message] = (error as Error).message.split('\n');
    return [{ line: 1, column: 1, message: `the YAML cannot be read: ${message}` }];
  }
}

function offsetOf(document: Document, path: Path, isKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node) ? pairOf(node, key) : undefined;
    const isLast = depth === path.length - 1;
    if (isLast && isKey && pair) return startOf(pair.key) ?? offset;
    node = isSeq(node) ? node.items[Number(key)] : pair?.value;
    // A key with nothing behind it has no value that could stand anywhere.
    offset = startOf(node) ?? startOf(pair?.key) ?? offset;
  }
  return offset;
}

const pairOf = (map: YAMLMap, name: PropertyKey) =>
  map.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);
