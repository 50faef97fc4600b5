import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isWithin, parseRange, rangePattern, showRange } from './ranges.ts';
import { count, duration, frequency, level } from './units.ts';

describe('units', () => {
  for (const [text, ms] of [
    ['2.5s', 2500],
    ['2.5 s', 2500],
    ['300ms', 300],
    ['1min', 60_000],
    ['0s', 0],
    ['120min', 7_200_000],
    ['120.1min', undefined],
    ['2.5', undefined],
    ['-1s', undefined],
    ['1h', undefined],
    ['1.2.3s', undefined],
    ['', undefined],
  ] as const) {
    it(`takes ${text || 'nothing'} as ${ms ?? 'no'} ms`, () => assert.equal(duration.parse(text), ms));
  }

  for (const [text, hz] of [
    ['440 Hz', 440],
    ['440Hz', 440],
    ['1.2 kHz', 1200],
    ['50 Hz', 50],
    ['49.9 Hz', undefined],
    ['12 kHz', 12_000],
    ['12.1 kHz', undefined],
    ['440 hz', undefined],
  ] as const) {
    it(`takes ${text} as ${hz ?? 'no'} Hz`, () => assert.equal(frequency.parse(text), hz));
  }

  for (const [text, dbfs] of [
    ['-20 dBFS', -20],
    ['-20.5dBFS', -20.5],
    ['0 dBFS', 0],
    ['1 dBFS', undefined],
    ['-100 dBFS', -100],
    ['-100.1 dBFS', undefined],
    ['-20 dB', undefined],
  ] as const) {
    it(`takes ${text} as ${dbfs ?? 'no'} dBFS`, () => assert.equal(level.parse(text), dbfs));
  }

  it('are shown as people write them', () => {
    assert.deepEqual([999, 1000, 2345].map(duration.show), ['999 ms', '1 s', '2.35 s']);
    assert.equal(frequency.show(439.96), '440 Hz');
    assert.equal(level.show(-20.04), '-20 dBFS');
  });
});

describe('a range', () => {
  const below = Number.NEGATIVE_INFINITY;
  const above = Number.POSITIVE_INFINITY;
  for (const [text, unit, range, shown] of [
    ['at most 200ms', duration, { least: below, most: 200 }, 'at most 200 ms'],
    ['< 200ms', duration, { least: below, most: 200 }, 'at most 200 ms'],
    ['<= 200ms', duration, { least: below, most: 200 }, 'at most 200 ms'],
    ['at least 1s', duration, { least: 1000, most: above }, 'at least 1 s'],
    ['100ms to 1s', duration, { least: 100, most: 1000 }, '100 ms to 1 s'],
    ['-30 dBFS to -10 dBFS', level, { least: -30, most: -10 }, '-30 dBFS to -10 dBFS'],
    ['3', count, { least: 3, most: 3 }, '3'],
  ] as const) {
    it(`is read from ${text}`, () => {
      assert.deepEqual(parseRange(text, unit), range);
      assert.equal(showRange(range, unit), shown);
      assert.match(text, new RegExp(`^(?:${rangePattern(unit)})$`));
    });
  }

  for (const text of ['1s to 100ms', 'to 1s', 'at most', 'at most at least 1s', '1s to', 'most 1s', '1s to 2s to 3s']) {
    it(`is not ${text}`, () => assert.equal(parseRange(text, duration), undefined));
  }

  it('includes its ends', () => {
    const range = { least: 1, most: 2 };
    assert.deepEqual(
      [0.9, 1, 2, 2.1].map((value) => isWithin(value, range)),
      [false, true, true, false],
    );
  });
});
