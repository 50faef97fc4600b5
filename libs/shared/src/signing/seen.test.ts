import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../time/clock.ts';
import { InMemorySeen } from './seen.ts';

describe('what was seen', () => {
  it('is known by its first mark for its time', async () => {
    const clock = new ManualClock();
    const seen = new InMemorySeen({ clock });
    assert.equal(await seen.before('a', 'first', 1000), undefined);
    clock.advance(999);
    assert.equal(await seen.before('a', 'second', 1000), 'first');
    assert.equal(await seen.before('b', 'second', 1000), undefined);
    clock.advance(1);
    assert.equal(await seen.before('a', 'third', 1000), undefined);
    assert.equal(await seen.before('a', 'fourth', 1000), 'third');
  });

  it('is bounded: the oldest goes first', async () => {
    const seen = new InMemorySeen({ clock: new ManualClock(), capacity: 3 });
    for (const id of ['a', 'b', 'c', 'd']) assert.equal(await seen.before(id, id, 1000), undefined);
    assert.equal(await seen.before('d', 'x', 1000), 'd');
    assert.equal(await seen.before('b', 'x', 1000), 'b');
    assert.equal(await seen.before('a', 'x', 1000), undefined);
  });
});
