import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimit } from './rate-limit.ts';

const takeMany = (limit: RateLimit, times: number) => Array.from({ length: times }, () => limit.take());

describe('RateLimit', () => {
  it('7.4.5 lets fifteen through at once, and not a sixteenth', () => {
    const limit = new RateLimit(15, () => 0);
    assert.deepEqual(takeMany(limit, 16), [...Array(15).fill(true), false]);
  });

  it('7.4.5 lets the next one through a fifteenth of a second later, and not a millisecond before', () => {
    let nowMs = 1000;
    const limit = new RateLimit(15, () => nowMs);
    takeMany(limit, 15);
    nowMs = 1066;
    assert.equal(limit.take(), false);
    nowMs = 1067;
    assert.deepEqual(takeMany(limit, 2), [true, false]);
  });

  it('7.4.5 saves up no more than one second', () => {
    let nowMs = 0;
    const limit = new RateLimit(15, () => nowMs);
    nowMs = 60_000;
    assert.deepEqual(takeMany(limit, 16), [...Array(15).fill(true), false]);
  });

  it('7.4.5 gains nothing from a clock that goes back', () => {
    let nowMs = 60_000;
    const limit = new RateLimit(15, () => nowMs);
    takeMany(limit, 15);
    nowMs = 0;
    assert.equal(limit.take(), false);
    nowMs = 67;
    assert.equal(limit.take(), true);
  });
});
