import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { findRule, rules } from './catalogue.ts';
import { switches } from './switches.ts';

const source = new URL('../', import.meta.url);

/**
 * Likely rules without a switch that the simulator follows all the same: those that a call's options decide, those that
 * another rule's switch decides, and those of which no source describes another behaviour.
 */
const WITHOUT_A_SWITCH = [
  '1.1.3',
  '1.1.4',
  '2.5.10',
  '2.5.21',
  '3.2.5',
  '3.5.7',
  '3.6.1',
  '3.6.9',
  '4.2.5',
  '4.2.13',
  '4.3.1',
  '4.3.3',
  '4.4.2',
  '5.4.1',
];

const sentences = (text: string) => text.split(/(?<=\.) /);

/** Negative where the first id comes first. Numbers count as numbers: 2.5.9 comes before 2.5.10. */
function compareIds(a: string, b: string): number {
  const others = b.split('.').map(Number);
  const differences = a.split('.').map((part, index) => Number(part) - (others[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

describe('the catalogue', () => {
  it('has every id once, in the order of its numbers', () => {
    const ids = rules.map(({ id }) => id);
    for (const id of ids) assert.match(id, /^[1-57]\.\d\.\d{1,2}$/);
    assert.deepEqual(ids, [...new Set(ids)].sort(compareIds));
  });

  it('has a rule for every switch, and none of them is certain', () => {
    for (const id of Object.keys(switches)) {
      const rule = findRule(id);
      assert.ok(rule, `switch ${id} has no rule`);
      assert.notEqual(rule.certainty, 'certain', id);
      assert.notEqual(rule.status, 'not modelled', `switch ${id} would switch nothing`);
    }
  });

  it('has a switch for every conflict, and for every likely rule but those that need none', () => {
    const open = rules.filter(({ certainty, status }) => certainty !== 'certain' && status !== 'not modelled');
    const without = open.filter(({ id }) => !Object.hasOwn(switches, id));
    assert.deepEqual(
      without.map(({ id }) => id),
      WITHOUT_A_SWITCH,
    );
    assert.ok(without.every(({ certainty }) => certainty === 'likely'));
  });

  it('speaks in sentences: one in a title, one to four in what is known', () => {
    for (const { id, title, known } of rules) {
      assert.match(title, /^[A-Z`\d].*[^.\s]\.$/, id);
      assert.equal(sentences(title).length, 1, id);
      assert.ok(sentences(known).length <= 4, `${id} has ${sentences(known).length} sentences`);
      for (const sentence of sentences(known)) {
        assert.match(sentence, /^[A-Z`\d](?!.* {2}).*[^.\s]\.$/, `${id}: ${sentence}`);
      }
    }
  });

  it('names at least one source of each rule, and none twice', () => {
    for (const { id, sources } of rules) {
      assert.ok(sources.length > 0, id);
      assert.equal(new Set(sources).size, sources.length, id);
    }
  });

  it('names no rule in what is known that it does not have', () => {
    for (const { id, known } of rules) {
      for (const [other] of known.matchAll(/\b\d\.\d\.\d+\b/g)) assert.ok(findRule(other), `${id} names ${other}`);
    }
  });

  it('has every rule that the simulator names when it complains', () => {
    const files = globSync('**/*.ts', { cwd: source }).filter((path) => !/^rules\/|\.test\.ts$/.test(path));
    const named = files.flatMap((path) => {
      const text = readFileSync(new URL(path, source), 'utf8');
      return [...text.matchAll(/(?:'|\[rule )(\d\.\d\.\d{1,2})['\]]/g)].map(([, id = '']) => ({ path, id }));
    });
    assert.ok(named.length > 50, `only ${named.length} found: the pattern no longer fits the sources`);
    for (const { path, id } of named) assert.ok(findRule(id), `${path} names ${id}`);
  });

  it('finds a rule by its id, and nothing by another text', () => {
    assert.equal(findRule('3.4.6')?.certainty, 'likely');
    assert.equal(findRule('3.4.66'), undefined);
    assert.equal(findRule('toString'), undefined);
  });
});
