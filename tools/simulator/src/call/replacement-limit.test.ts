import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReplacementLimit } from './replacement-limit.ts';

describe('ReplacementLimit', () => {
  it('lets fifty take over at once, and not one more', () => {
    const limit = new ReplacementLimit(() => 0);
    const taken = Array.from({ length: 51 }, () => limit.take());
    assert.deepEqual(taken, [...Array(50).fill(true), false]);
  });

  it('lets the next one take over ten seconds after the first of fifty, and not a millisecond before', () => {
    let nowMs = 500;
    const limit = new ReplacementLimit(() => nowMs);
    for (let count = 0; count < 50; count++) {
      limit.take();
      nowMs = 600;
    }
    nowMs = 10_499;
    assert.equal(limit.take(), false);
    nowMs = 10_500;
    assert.deepEqual([limit.take(), limit.take()], [true, false]);
  });

  it('lets any number take over that keep to five a second', () => {
    let nowMs = 0;
    const limit = new ReplacementLimit(() => nowMs);
    for (let count = 0; count < 1000; count++) {
      assert.equal(limit.take(), true);
      nowMs += 200;
    }
  });
});
