import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DeadlineError, withDeadline } from './deadline.ts';

describe('work with a deadline', () => {
  it('comes to what the work comes to, and leaves no timer', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const failure = new Error('work');
    assert.equal(await withDeadline(Promise.resolve(7), 100), 7);
    await assert.rejects(withDeadline(Promise.reject(failure), 100), failure);
    // A timer that was left would go off now, and its rejection be nobody's.
    t.mock.timers.tick(1000);
    await new Promise(setImmediate);
  });

  it('fails when the time is over, and not before', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let over = false;
    const work = withDeadline(new Promise(() => {}), 100).finally(() => {
      over = true;
    });
    work.catch(() => {});
    t.mock.timers.tick(99);
    await new Promise(setImmediate);
    assert.equal(over, false);
    t.mock.timers.tick(1);
    await assert.rejects(work, new DeadlineError(100));
    assert.equal(new DeadlineError(100).message, 'no answer within 100 ms');
  });

  it('does not mind how the work ends after that', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    await assert.rejects(withDeadline(promise, 1), DeadlineError);
    // An unhandled rejection would fail this test.
    reject(new Error('too late'));
    await new Promise(setImmediate);
  });
});
