import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { giveWay } from './give-way.ts';

/** Whether the wait is over after so many ms, on a clock of the test's own. */
async function waiting(t: TestContext, isBusy: () => boolean, signal = new AbortController().signal) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let isOver = false;
  void giveWay(isBusy, signal).then(() => {
    isOver = true;
  });
  await new Promise(setImmediate);
  return async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 10) {
      t.mock.timers.tick(10);
      await new Promise(setImmediate);
    }
    return isOver;
  };
}

describe('events that give way', () => {
  it('do not wait where nobody is busy', async (t) => {
    const isOverAfter = await waiting(t, () => false);
    assert.equal(await isOverAfter(0), true);
  });

  it('wait until nobody is', async (t) => {
    let isBusy = true;
    const isOverAfter = await waiting(t, () => isBusy);
    assert.equal(await isOverAfter(100), false);
    isBusy = false;
    assert.equal(await isOverAfter(10), true);
  });

  it('wait for a quarter of a second at most', async (t) => {
    const isOverAfter = await waiting(t, () => true);
    assert.equal(await isOverAfter(240), false);
    assert.equal(await isOverAfter(10), true);
  });

  it('do not keep a stop waiting', async (t) => {
    const stop = new AbortController();
    const isOverAfter = await waiting(t, () => true, stop.signal);
    stop.abort();
    assert.equal(await isOverAfter(10), true);
  });
});
