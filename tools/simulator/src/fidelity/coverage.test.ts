import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rules } from '../rules/catalogue.ts';
import { switches } from '../rules/switches.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const text = globSync('*.test.ts', { cwd: here })
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('\n');
const tested = new Set([...text.matchAll(/\brule\(\s*'(\d+\.\d+\.\d+)'/g)].map(([, id]) => id));

test('every rule that is enforced or modelled has a test of its own, and no other has', () => {
  const wanted = rules.filter(({ status }) => status !== 'not modelled').map(({ id }) => id);
  assert.deepEqual(
    wanted.filter((id) => !tested.has(id)),
    [],
    'without a test',
  );
  assert.deepEqual(
    [...tested].filter((id) => !wanted.includes(String(id))),
    [],
    'tested, though not modelled',
  );
});

test('every value of every switch is set in a test', () => {
  const unset = Object.entries(switches).flatMap(([id, values]) =>
    values.filter((value) => !new RegExp(`'${id}'\\s*[:,]\\s*'${value}'`).test(text)).map((value) => `${id}=${value}`),
  );
  assert.deepEqual(unset, []);
});
