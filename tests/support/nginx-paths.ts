import { readFileSync } from 'node:fs';
import { root } from './images.ts';

/** What a door of nginx serves. */
export interface Door {
  readonly port: number;
  /** The paths that go to a service, or are answered by nginx itself; what is below a path ends in `/`. */
  readonly paths: readonly string[];
}

/** Reads a file of nginx/conf.d with one `server`, as far as paths go. */
export function servedPaths(file: string): Door {
  const own = read(`nginx/conf.d/${file}`);
  const included = [...own.matchAll(/^\s*include (snippets\/server\.conf);/gm)].map(([, path]) =>
    read(`nginx/${path}`),
  );
  const text = [own, ...included].join('\n');
  const [, port] = /^\s*listen (\d+) /m.exec(own) ?? [];
  const locations = [...text.matchAll(/^ *location (=|~|\^~|~\*)? ?(\S+) \{/gm)];
  const paths = locations.flatMap(([, modifier, path = '']) => {
    // Names and answers of nginx's own, which nobody can ask for, and the rest, which is 404.
    if (path.startsWith('@') || path === '/bad-request' || path === '/') return [];
    return modifier === '~' ? spelledOut(path) : [path];
  });
  return { port: Number(port), paths };
}

/** All texts that a pattern of a few fits: `^/a(b|c)d?$`. */
function spelledOut(pattern: string): string[] {
  const inner = /^\^([\w/().|?-]+)\$$/.exec(pattern)?.[1];
  if (inner === undefined) throw new Error(`this location is too much for a test: ${pattern}`);
  const group = /^(.*?)\(([^()]+)\)(.*)$/.exec(inner);
  if (group) return (group[2] ?? '').split('|').flatMap((part) => spelledOut(`^${group[1]}${part}${group[3]}$`));
  const optional = /^(.*?)(\w)\?(.*)$/.exec(inner);
  if (optional) return ['', optional[2]].flatMap((letter) => spelledOut(`^${optional[1]}${letter}${optional[3]}$`));
  return [inner];
}

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}
