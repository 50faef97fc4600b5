import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallTime } from './call-time.ts';
import { Line, type Stall } from './line.ts';
import { VirtualTime } from './virtual-time.ts';

/** A line on which a message is sent each way at every one of the moments, and what comes of them when. */
function carried(
  stalls: readonly Stall[],
  momentsMs: readonly number[],
  time: CallTime & { timers: VirtualTime['timers'] },
) {
  const line = new Line(time, stalls);
  const came: string[] = [];
  for (const ms of momentsMs) {
    time.timers.advanceTo(ms);
    (time.outside as VirtualTime['outside']).advanceTo(ms);
    for (const way of ['in', 'out'] as const) line.carry(way, 10, () => came.push(`${way} ${ms} at ${line.nowMs()}`));
  }
  return { line, came };
}

describe('Line', () => {
  it('carries at once what comes outside of a stall, and what comes in one at its end, in order', () => {
    const { came } = carried([{ fromMs: 100, toMs: 200 }], [99, 100, 150, 200, 201], new VirtualTime());
    assert.deepEqual(came, [
      'in 99 at 99',
      'out 99 at 99',
      'out 100 at 200',
      'out 150 at 200',
      'in 100 at 200',
      'in 150 at 200',
      'in 200 at 200',
      'out 200 at 200',
      'in 201 at 201',
      'out 201 at 201',
    ]);
  });

  it('stalls one way only where it says so', () => {
    const { came } = carried([{ fromMs: 100, toMs: 200, way: 'out' }], [150, 200], new VirtualTime());
    assert.deepEqual(came, ['in 150 at 150', 'out 150 at 200', 'in 200 at 200', 'out 200 at 200']);
  });

  it('stands still until the last of several stalls has ended', () => {
    const stalls = [
      { fromMs: 100, toMs: 300 },
      { fromMs: 50, toMs: 200 },
    ];
    const { came } = carried(stalls, [60, 200, 300], new VirtualTime());
    assert.deepEqual(
      came.filter((message) => message.startsWith('in')),
      ['in 60 at 300', 'in 200 at 300', 'in 300 at 300'],
    );
  });

  it('knows how many bytes wait on the way out', () => {
    const time = new VirtualTime();
    const { line } = carried([{ fromMs: 100, toMs: 200 }], [100, 150], time);
    assert.equal(line.waitingOutBytes, 20);
    time.timers.advanceTo(200);
    time.outside.advanceTo(200);
    assert.equal(line.waitingOutBytes, 0);
  });

  it('carries nothing once it is cut, nor what waited', () => {
    const time = new VirtualTime();
    const { line, came } = carried([{ fromMs: 100, toMs: 200 }], [150], time);
    line.cut();
    time.timers.advanceTo(300);
    time.outside.advanceTo(300);
    line.carry('in', 0, () => came.push('late'));
    assert.deepEqual(came, []);
  });

  it('takes a stall for over when its timer goes off, though that may be early by less than a millisecond', () => {
    const time = new VirtualTime();
    const late = {
      monotonicMs: () => Math.max(0, time.timers.monotonicMs() - 0.4),
      epochMs: () => 0,
      after: time.timers.after,
    };
    const line = new Line({ ...time, timers: late, outside: time.outside, pending: 0, until: (settled) => settled }, [
      { fromMs: 100, toMs: 200 },
    ]);
    const came: string[] = [];
    for (const ms of [150, 200, 220]) {
      time.timers.advanceTo(ms);
      time.outside.advanceTo(ms);
      line.carry('in', 0, () => came.push(`${ms}`));
    }
    assert.deepEqual(came, ['150', '200', '220']);
  });
});
