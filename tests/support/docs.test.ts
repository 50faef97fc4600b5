import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { attributes, counters } from '@kodama/shared/telemetry';
import { root } from './images.ts';

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** All first groups of a pattern in a text, without repeats, sorted. */
function all(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].sort();
}

describe('the documentation', () => {
  test('has every attribute and counter of our own, and no other', () => {
    const documented = all(read('docs/telemetry.md'), /^\| `(kodama\.[\w.]+)`/gm);
    assert.deepEqual(documented, [...Object.values(attributes), ...Object.values(counters)].sort());
  });

  test('has every error code, and no other', () => {
    const sources = globSync('{libs,services}/*/src/**/*.ts', { cwd: root }).filter(
      (path) => !path.includes('.test.ts'),
    );
    const code = [
      // new AppError('bad-request', 'CODE', …), also over several lines
      /'(?:bad-request|unauthorized|too-large|unsupported-media-type|not-found|method-not-allowed|upgrade-required|unavailable)',\s*'([A-Z_]+)'/g,
      // super('CODE', …) of a subclass; refuse(socket, 503, 'CODE', …)
      /(?:super\(|refuse\(\w+, \d+, )'([A-Z_]+)'/g,
      // { error: { code: 'CODE' … or "code":"CODE" of nginx
      /code"?: ?['"]([A-Z_]+)['"]/g,
    ];
    const text = [...sources, ...globSync('nginx/**/*.conf', { cwd: root })].map(read).join('\n');
    const thrown = [...new Set(code.flatMap((pattern) => all(text, pattern)))].sort();
    assert.ok(thrown.length > 15, `only ${thrown.length} codes found: the patterns no longer fit the sources`);
    assert.deepEqual(all(read('docs/errors.md'), /^\| `([A-Z_]+)`/gm), thrown);
  });

  test('README has a row for every setting, with its default', () => {
    const settings = [...read('.env.example').matchAll(/^# (?!---)(.+)\n([A-Z_]+)=(.*)$/gm)];
    assert.ok(settings.length > 20);
    const rows = settings.map(([, comment, name, value]) => {
      return `| \`${name}\` | ${value ? `\`${value}\`` : ''} | ${comment?.replaceAll('|', '\\|')} |`;
    });
    const table = /<!-- configuration:begin -->\n\n?([\s\S]*?)\n*<!-- configuration:end -->/.exec(
      read('README.md'),
    )?.[1];
    assert.deepEqual(table?.split('\n').slice(2), rows);
  });
});
