import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { endedLeg, openedLeg } from '../testing/leg-records.ts';
import { decodeCursor, encodeCursor, joinLegs, type LegView } from './leg-metrics-store.ts';

describe('a cursor', () => {
  it('comes back as it went, and can stand in a URL as it is', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.string({ unit: 'binary-ascii' }), (startedAtMs, callKey) => {
        const text = encodeCursor({ startedAtMs, callKey });
        assert.match(text, /^[\w-]+$/);
        assert.deepEqual(decodeCursor(text), { startedAtMs, callKey });
      }),
    );
  });

  it('is nothing that somebody made up', () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const madeUp = [
      '',
      'x',
      '%',
      encode(null),
      encode({}),
      encode([]),
      encode([1]),
      encode(['1', 'x']),
      encode([1.5, 'x']),
    ];
    for (const text of [...madeUp, encode([1, 2]), encode([2 ** 60, 'x'])]) {
      assert.equal(decodeCursor(text), undefined, text);
    }
  });

  it('is never thrown over', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decodeCursor(text)));
  });
});

describe('a call of several legs', () => {
  const first: LegView = endedLeg(openedLeg({ startedAt: '2026-03-04T10:00:00.000Z' }));
  const second: LegView = { ...first, socketId: 'b', startedAt: '2026-03-04T10:01:00.000Z' };

  it('has its legs oldest first and begins with the oldest', () => {
    const call = joinLegs([second, first]);
    assert.deepEqual(call.legs, [first, second]);
    assert.equal(call.startedAt, first.startedAt);
  });

  const cases: readonly [LegView['state'], LegView['state'], LegView['state']][] = [
    ['live', 'ended', 'live'],
    ['ended', 'live', 'live'],
    ['live', 'lost', 'live'],
    ['lost', 'ended', 'ended'],
    ['ended', 'lost', 'lost'],
  ];
  for (const [one, other, state] of cases) {
    it(`is ${state} when the first is ${one} and the second ${other}`, () => {
      assert.equal(
        joinLegs([
          { ...first, state: one },
          { ...second, state: other },
        ]).state,
        state,
      );
    });
  }
});
