import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRfc3339 } from './rfc3339.ts';

describe('a timestamp', () => {
  for (const [text, iso] of [
    ['2026-03-04T10:11:12Z', '2026-03-04T10:11:12.000Z'],
    ['2026-03-04T10:11:12.3Z', '2026-03-04T10:11:12.300Z'],
    ['2026-03-04T10:11:12.345678901Z', '2026-03-04T10:11:12.345Z'],
    ['2026-03-04T10:11:12+05:30', '2026-03-04T04:41:12.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['2026-12-31T23:59:59Z', '2026-12-31T23:59:59.000Z'],
  ] as const) {
    it(`is read: ${text}`, () => assert.equal(parseRfc3339(text), Date.parse(iso)));
  }

  for (const text of [
    '',
    'yesterday',
    '2026-03-04',
    '2026-03-04 10:11:12Z',
    '2026-03-04T10:11:12',
    '2026-02-30T10:11:12Z',
    '2026-02-29T10:11:12Z',
    '2026-04-31T10:11:12Z',
    '2026-13-01T10:11:12Z',
    '2026-00-01T10:11:12Z',
    '2026-01-00T10:11:12Z',
    '2026-03-04T25:11:12Z',
    '2026-03-04T10:61:12Z',
    '2026-03-04T10:11:12+25:00',
    '1772619072',
  ]) {
    it(`is none: ${text || 'an empty text'}`, () => assert.equal(parseRfc3339(text), undefined));
  }

  it('is read as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        assert.equal(parseRfc3339(date.toISOString()), date.getTime());
      }),
    );
  });
});
