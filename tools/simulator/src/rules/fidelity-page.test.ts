import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { rules } from './catalogue.ts';
import { fidelityTable, withFidelityTable } from './fidelity-table.ts';
import { switches } from './switches.ts';

const page = readFileSync(new URL('../../../../docs/fidelity.md', import.meta.url), 'utf8');

describe('docs/fidelity.md', () => {
  it('has the rules of the catalogue', () => {
    assert.ok(
      withFidelityTable(page) === page,
      'docs/fidelity.md is behind the catalogue; bring it up from the root of the repository with: ' +
        'node --conditions=kodama:source tools/simulator/src/rules/write-fidelity-page.ts',
    );
  });

  it('names in its own words only rules that there are', () => {
    const [words = ''] = page.split('<!-- rules:begin -->');
    const ids = rules.map(({ id }) => id);
    const named = [...words.matchAll(/\b\d\.\d\.\d+\b/g)].map(([id]) => id);
    assert.ok(named.length > 3);
    for (const id of named) assert.ok(ids.includes(id), id);
  });
});

describe('fidelityTable', () => {
  const rows = fidelityTable()
    .split('\n')
    .filter((line) => /^\| \d/.test(line));

  it('has a row for each rule, in the order of the catalogue', () => {
    assert.deepEqual(
      rows.map((row) => /^\| ([\d.]+) \|/.exec(row)?.[1]),
      rules.map(({ id }) => id),
    );
  });

  it('shows the values of a switch, default first, and an empty cell where there is none', () => {
    assert.ok(rows.includes('| 1.2.1 | The reply must have the status 200. | certain | enforced |  |'));
    assert.ok(
      rows.includes('| 3.4.5 | The play-out buffer holds 3072 messages. | conflict | modelled | `3072`, `1024` |'),
    );
    const switched = rows.filter((row) => !row.endsWith('|  |'));
    assert.equal(switched.length, Object.keys(switches).length);
  });

  it('has five cells in every row', () => {
    for (const row of rows) assert.equal(row.split(/(?<!\\)\|/).length, 7, row);
  });
});

describe('withFidelityTable', () => {
  it('takes the place of whatever is between the markers, and of nothing else', () => {
    const written = withFidelityTable('before\n<!-- rules:begin -->\nold\n<!-- rules:end -->\nafter\n');
    assert.equal(written, `before\n<!-- rules:begin -->\n\n${fidelityTable()}\n\n<!-- rules:end -->\nafter\n`);
    assert.equal(withFidelityTable(written), written);
  });

  it('refuses a page without markers, or with the second one first', () => {
    for (const bad of ['', '<!-- rules:begin -->', '<!-- rules:end --><!-- rules:begin -->']) {
      assert.throws(
        () => withFidelityTable(bad),
        /the page has no <!-- rules:begin --> with <!-- rules:end --> after it/,
      );
    }
  });
});
