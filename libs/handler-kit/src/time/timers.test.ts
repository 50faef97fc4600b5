import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { systemTimers } from './timers.ts';

const HOUR_MS = 3_600_000;

describe('the timers of the system', () => {
  it('wait as long as they are told, also longer than a timer of Node.js can', (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    const called: string[] = [];
    systemTimers.after(60 * 24 * HOUR_MS, () => called.push('60 days'));
    systemTimers.after(Number.POSITIVE_INFINITY, () => called.push('never'));
    systemTimers.after(-5, () => called.push('now'));
    const cancel = systemTimers.after(61 * 24 * HOUR_MS, () => called.push('cancelled'));
    mock.timers.tick(1);
    assert.deepEqual(called, ['now']);
    const pass = (hours: number) => {
      for (let hour = 0; hour < hours; hour++) mock.timers.tick(HOUR_MS);
    };
    pass(60 * 24 - 1);
    assert.deepEqual(called, ['now']);
    // A timer that is set within a tick counts from that tick's end.
    pass(4);
    assert.deepEqual(called, ['now', '60 days']);
    cancel();
    pass(100 * 24);
    assert.deepEqual(called, ['now', '60 days']);
  });
});
