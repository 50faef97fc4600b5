import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualTimers } from './virtual-timers.ts';

describe('VirtualTimers', () => {
  it('calls back at the very moment, and not before', () => {
    const timers = new VirtualTimers();
    const calledMs: number[] = [];
    timers.after(20, () => calledMs.push(timers.monotonicMs()));
    assert.deepEqual([timers.pending, timers.nextDueMs()], [1, 20]);
    timers.advanceTo(19.999);
    assert.deepEqual(calledMs, []);
    timers.advanceTo(100);
    assert.deepEqual(calledMs, [20]);
    assert.deepEqual([timers.pending, timers.nextDueMs(), timers.monotonicMs()], [0, undefined, 100]);
  });

  it('calls back in the order of the moments, and at one moment in the order in which it was asked', () => {
    const timers = new VirtualTimers();
    const called: string[] = [];
    timers.after(20, () => called.push('b'));
    timers.after(10, () => called.push('a'));
    timers.after(20, () => called.push('c'));
    timers.advanceTo(20);
    assert.deepEqual(called, ['a', 'b', 'c']);
  });

  it('keeps the moments of timers that are set on the way', () => {
    const timers = new VirtualTimers();
    const calledMs: number[] = [];
    const tick = () => {
      calledMs.push(timers.monotonicMs());
      timers.after(20, tick);
    };
    timers.after(20, tick);
    timers.advanceTo(70);
    assert.deepEqual(calledMs, [20, 40, 60]);
  });

  it('cancels a timer, once and without touching the others', () => {
    const timers = new VirtualTimers();
    const called: string[] = [];
    const cancel = timers.after(10, () => called.push('a'));
    timers.after(10, () => called.push('b'));
    cancel();
    cancel();
    timers.advanceTo(10);
    assert.deepEqual(called, ['b']);
    cancel();
    assert.equal(timers.pending, 0);
  });

  it('takes a delay below a millisecond, or none, for one millisecond', () => {
    const timers = new VirtualTimers();
    for (const delayMs of [0, -5, 0.2, Number.NaN]) timers.after(delayMs, () => {});
    timers.advanceTo(0.999);
    assert.equal(timers.pending, 4);
    timers.advanceTo(1);
    assert.equal(timers.pending, 0);
  });

  it('calls back late and all at once after a stall', () => {
    const timers = new VirtualTimers();
    const calledMs: number[] = [];
    const note = () => calledMs.push(timers.monotonicMs());
    timers.after(20, note);
    timers.after(40, note);
    timers.stallTo(500);
    assert.deepEqual(calledMs, [500, 500]);
  });

  it('moves the wall clock along, and never back', () => {
    const timers = new VirtualTimers(1000);
    timers.advanceTo(250);
    timers.advanceTo(100);
    assert.deepEqual([timers.monotonicMs(), timers.epochMs()], [250, 1250]);
  });

  it('lets out what a timer throws, and goes on from there', () => {
    const timers = new VirtualTimers();
    let called = false;
    timers.after(10, () => {
      throw new Error('thrown');
    });
    timers.after(20, () => {
      called = true;
    });
    assert.throws(() => timers.advanceTo(50), /thrown/);
    assert.equal(timers.monotonicMs(), 10);
    timers.advanceTo(50);
    assert.equal(called, true);
  });
});
