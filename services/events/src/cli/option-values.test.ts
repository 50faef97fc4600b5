import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kinds, time, wholeNumber } from './option-values.ts';
import { UsageError } from './usage-error.ts';

const NOW = new Date('2026-11-28T10:00:00Z');
const at = (text: string) => time('--since', text, NOW).toISOString();

function refused(work: () => unknown, message: RegExp): void {
  assert.throws(work, (error) => error instanceof UsageError && message.test(error.message));
}

describe('a time', () => {
  it('is so long ago', () => {
    assert.equal(at('30s'), '2026-11-28T09:59:30.000Z');
    assert.equal(at('10m'), '2026-11-28T09:50:00.000Z');
    assert.equal(at('2h'), '2026-11-28T08:00:00.000Z');
    assert.equal(at('7d'), '2026-11-21T10:00:00.000Z');
  });

  it('is one with its zone, or a day of UTC', () => {
    assert.equal(at('2026-11-28T09:30:00Z'), '2026-11-28T09:30:00.000Z');
    assert.equal(at('2026-11-28T09:30Z'), '2026-11-28T09:30:00.000Z');
    assert.equal(at('2026-11-28T09:30:00.123+02:00'), '2026-11-28T07:30:00.123Z');
    assert.equal(at('2026-11-28'), '2026-11-28T00:00:00.000Z');
    assert.equal(at('2024-02-29'), '2024-02-29T00:00:00.000Z');
  });

  for (const text of [
    '',
    '10',
    '-10m',
    '1.5h',
    '10 m',
    '10y',
    'yesterday',
    '2026-11-28T09:30:00',
    '2026-02-31',
    '2026-02-29T00:00:00Z',
    '2026-13-01',
    '2026-11-28T25:00:00Z',
    '1960-01-01',
    '999999999d',
    '28.11.2026',
  ]) {
    it(`is not "${text}", and that is said with what would be one`, () => {
      refused(() => at(text), /^--since .*: neither a time ago, as 30s, .* as 2026-11-28T10:00:00Z$/);
    });
  }
});

describe('kinds', () => {
  it('are with commas between, or given several times', () => {
    assert.deepEqual(kinds(['completed, answered', 'input', 'answered']), ['answered', 'completed', 'input']);
    assert.deepEqual(kinds([]), []);
  });

  it('are those that there are', () => {
    for (const text of ['answerd', '', 'answered,', '*', 'toString']) {
      refused(() => kinds([text]), /^--kind .*: there is no such kind; there are started, .*, unknown$/);
    }
  });
});

describe('a whole number', () => {
  it('is from 1 to what is exact', () => {
    assert.equal(wholeNumber('--limit', '1'), 1);
    assert.equal(wholeNumber('--limit', '999999999999999'), 999_999_999_999_999);
    for (const text of ['', '0', '-1', '1.5', '1e3', '0x10', ' 1', '1000000000000000', 'all']) {
      refused(() => wholeNumber('--limit', text), /^--limit .*: not a whole number from 1 to 999999999999999$/);
    }
  });
});
