import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualTimers } from '../time/virtual-timers.ts';
import { type PacedStream, Pacer } from './pacer.ts';

/** Notes its ticks; `after` is called in each of them with how many there have been, and says whether it goes on. */
class Stream implements PacedStream {
  readonly atMs: number[] = [];
  readonly gridMs: number[] = [];
  readonly #after: (ticks: number) => boolean;

  constructor(after: (ticks: number) => boolean = () => true) {
    this.#after = after;
  }

  tick(nowMs: number, gridMs: number): boolean {
    this.atMs.push(nowMs);
    this.gridMs.push(gridMs);
    return this.#after(this.atMs.length);
  }
}

/** Lets time pass with timers that are late. */
function runLate(timers: VirtualTimers, toMs: number, lateMs: () => number): void {
  for (let due = timers.nextDueMs(); due !== undefined && due <= toMs; due = timers.nextDueMs()) {
    timers.stallTo(due + lateMs());
  }
}

describe('Pacer', () => {
  it('has no timer while there is no stream', () => {
    const timers = new VirtualTimers();
    const pacer = new Pacer(timers);
    assert.deepEqual([pacer.size, timers.pending], [0, 0]);
    const streams = [new Stream(), new Stream((ticks) => ticks < 3)] as const;
    for (const stream of streams) pacer.join(stream);
    assert.deepEqual([pacer.size, timers.pending], [2, 1]);
    timers.advanceTo(1000);
    assert.equal(streams[1].atMs.length, 3);
    assert.deepEqual([pacer.size, timers.pending], [1, 1]);
    pacer.leave(streams[0]);
    assert.deepEqual([pacer.size, timers.pending], [0, 0]);
    pacer.leave(streams[0]);
    timers.advanceTo(2000);
    assert.ok(streams[0].atMs.every((ms) => ms <= 1000));
  });

  it('ticks every 20 ms from within 20 ms after a stream has joined, whenever that is', () => {
    for (const joinedAtMs of [0, 0.4, 3, 19, 20, 20.5, 777]) {
      const timers = new VirtualTimers();
      const pacer = new Pacer(timers);
      timers.advanceTo(joinedAtMs);
      const stream = new Stream();
      pacer.join(stream);
      pacer.join(stream);
      assert.equal(pacer.size, 1);
      timers.advanceTo(joinedAtMs + 1000);
      const [first = 0] = stream.gridMs;
      assert.ok(first > joinedAtMs && first <= joinedAtMs + 20, `${first} after ${joinedAtMs}`);
      assert.deepEqual(
        stream.gridMs,
        stream.gridMs.map((_, index) => first + index * 20),
      );
      assert.ok(stream.gridMs.length >= 49);
      for (const [index, atMs] of stream.atMs.entries()) {
        const lateMs = atMs - (stream.gridMs[index] as number);
        assert.ok(lateMs >= 0 && lateMs < 1, `${lateMs} ms late, though timers count whole milliseconds`);
      }
    }
  });

  it('spreads streams evenly over four moments, with one timer for all of them', () => {
    const timers = new VirtualTimers();
    const pacer = new Pacer(timers);
    const streams = Array.from({ length: 40 }, () => new Stream());
    for (const stream of streams) pacer.join(stream);
    assert.equal(timers.pending, 1);
    const together = new Map<number, number>();
    for (let ms = 1; ms <= 100; ms++) {
      timers.advanceTo(ms);
      assert.equal(timers.pending, 1);
    }
    for (const { atMs } of streams) together.set(atMs.at(-1) as number, (together.get(atMs.at(-1) as number) ?? 0) + 1);
    assert.deepEqual(Object.fromEntries(together), { 85: 10, 90: 10, 95: 10, 100: 10 });
    // Where there is room again, whoever joins next goes.
    const inOneSlot = streams.filter(({ atMs }) => atMs.at(-1) === 90);
    for (const stream of inOneSlot) pacer.leave(stream);
    const late = new Stream();
    pacer.join(late);
    timers.advanceTo(200);
    assert.equal((late.atMs[0] as number) % 20, 10);
  });

  it('does not drift within an hour, though its timers are always late', () => {
    const timers = new VirtualTimers();
    const pacer = new Pacer(timers);
    timers.advanceTo(7);
    const stream = new Stream();
    pacer.join(stream);
    const hourMs = 3_600_000;
    let turns = 0;
    runLate(timers, hourMs, () => turns++ % 4);
    assert.equal(stream.gridMs.length, hourMs / 20);
    for (const [index, gridMs] of stream.gridMs.entries()) {
      assert.equal(gridMs, 20 * (index + 1));
      const lateMs = (stream.atMs[index] as number) - gridMs;
      assert.ok(lateMs >= 0 && lateMs <= 3, `${lateMs} ms late after ${gridMs} ms`);
    }
  });

  it('does not make up for moments that it missed, and goes on in the next ones', () => {
    const timers = new VirtualTimers();
    const pacer = new Pacer(timers);
    const streams = Array.from({ length: 4 }, () => new Stream());
    for (const stream of streams) pacer.join(stream);
    timers.advanceTo(40);
    const before = streams.map(({ atMs }) => atMs.length);
    timers.stallTo(538);
    timers.advanceTo(538);
    for (const [index, { atMs, gridMs }] of streams.entries()) {
      assert.equal(atMs.length, (before[index] as number) + 1);
      assert.equal(atMs.at(-1), 538);
      const behindMs = 538 - (gridMs.at(-1) as number);
      assert.ok(behindMs >= 0 && behindMs < 20, `the moment is ${behindMs} ms ago`);
    }
    timers.advanceTo(600);
    for (const { atMs, gridMs } of streams) {
      assert.equal((gridMs.at(-1) as number) - (gridMs.at(-2) as number), 20);
      assert.equal(atMs.at(-1), gridMs.at(-1));
      assert.ok(atMs.filter((ms) => ms > 538).length >= 3);
    }
  });

  it('lets a stream go that throws, and no other', () => {
    const timers = new VirtualTimers();
    const pacer = new Pacer(timers);
    const sound = [new Stream(), new Stream()] as const;
    const broken = new Stream(() => {
      throw new Error('broken');
    });
    // All in one slot: the four others fill the other three and this one.
    for (const stream of [sound[0], new Stream(), new Stream(), new Stream(), broken]) pacer.join(stream);
    for (let k = 0; k < 3; k++) pacer.join(new Stream());
    pacer.join(sound[1]);
    timers.advanceTo(1000);
    assert.equal(broken.atMs.length, 1);
    assert.deepEqual([sound[0].atMs.length, sound[1].atMs.length], [50, 50]);
    assert.equal(sound[0].atMs[0], broken.atMs[0]);
    assert.equal(sound[1].atMs[0], broken.atMs[0]);
    assert.equal(pacer.size, 8);
  });

  it('ticks whoever joins within a tick in a later one, and whoever leaves no more', () => {
    const timers = new VirtualTimers();
    const pacer = new Pacer(timers);
    const [joining, leaving, leftBefore] = [new Stream(), new Stream(), new Stream(() => false)];
    const others = [1, 2, 3].map(() => new Stream());
    const first = new Stream((ticks) => {
      if (ticks > 1) return true;
      pacer.leave(leaving);
      pacer.join(joining);
      return true;
    });
    // `first` and `leaving` share a slot, `first` before.
    for (const stream of [first, ...others, leaving]) pacer.join(stream);
    timers.advanceTo(20);
    assert.equal(first.atMs.length, 1);
    assert.deepEqual(leaving.atMs, []);
    timers.advanceTo(1000);
    assert.deepEqual(leaving.atMs, []);
    assert.ok((joining.atMs[0] as number) > (first.atMs[0] as number));
    assert.ok((joining.atMs[0] as number) <= (first.atMs[0] as number) + 20);
    assert.ok(joining.atMs.length >= 48);
    pacer.join(leftBefore);
    timers.advanceTo(2000);
    assert.equal(leftBefore.atMs.length, 1);
  });

  it('takes a stream back that leaves and joins within its own tick', () => {
    const timers = new VirtualTimers();
    const pacer = new Pacer(timers);
    const stream: Stream = new Stream(() => {
      pacer.leave(stream);
      pacer.join(stream);
      return true;
    });
    pacer.join(stream);
    timers.advanceTo(1000);
    assert.equal(pacer.size, 1);
    assert.equal(timers.pending, 1);
    assert.ok(stream.atMs.length >= 40 && stream.atMs.length <= 51, `${stream.atMs.length} ticks`);
  });
});
