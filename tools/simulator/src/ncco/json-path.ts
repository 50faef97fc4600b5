/** A key that can stand after a dot. */
const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;
const SEGMENT = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/** The path of an object's key: `[0].text`, or `[0]["two words"]` where a dot would not do. */
export const pathOfKey = (parent: string, key: string): string =>
  PLAIN_KEY.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;

/**
 * The keys and indices that a path goes through, or undefined where it is none. A line that begins with a path and a colon,
 * as notes do, is read as far as that.
 */
export function readPath(line: string): (string | number)[] | undefined {
  const segments: (string | number)[] = [];
  let end = 0;
  for (;;) {
    SEGMENT.lastIndex = end;
    const match = SEGMENT.exec(line);
    if (!match) break;
    segments.push(readSegment(match));
    end = SEGMENT.lastIndex;
  }
  return end === line.length || line[end] === ':' ? segments : undefined;
}

function readSegment([, key, index, quoted]: RegExpExecArray): string | number {
  if (index !== undefined) return Number(index);
  return key ?? (JSON.parse(quoted ?? '""') as string);
}
