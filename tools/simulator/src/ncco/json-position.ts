import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { readPath } from './json-path.ts';

/** A place in a text. Both count from 1; columns are UTF-16 units, as editors have them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/**
 * Makes a finder of values in a JSON text.
 *
 * @returns where the value begins that a path, or a line that begins with one and a colon, is about; where there is no such
 * value, what comes nearest on the way to it. Undefined for what is no path.
 */
export function jsonLocator(json: string): (path: string) => Position | undefined {
  let root: unknown;
  return (path) => {
    const segments = readPath(path);
    if (!segments) return undefined;
    root ??= readNodes(json);
    const offset = offsetOf(root, segments);
    return offset === undefined ? undefined : positionAt(json, offset);
  };
}

/** Every JSON text is a YAML text too. */
function readNodes(json: string): unknown {
  try {
    return parseDocument(json, { uniqueKeys: false, logLevel: 'silent' }).contents;
  } catch (error) {
    // Nested deeper than the stack is.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function offsetOf(root: unknown, segments: readonly (string | number)[]): number | undefined {
  let node = root;
  for (const segment of segments) {
    const child = childOf(node, segment);
    if (startOf(child) === undefined) break;
    node = child;
  }
  return startOf(node);
}

function childOf(node: unknown, segment: string | number): unknown {
  if (isSeq(node)) return node.items[Number(segment)];
  // Of a key that is there twice, JSON takes the last.
  if (isMap(node)) return node.items.findLast(({ key }) => isScalar(key) && key.value === segment)?.value;
  return undefined;
}

const startOf = (node: unknown): number | undefined =>
  isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined;
