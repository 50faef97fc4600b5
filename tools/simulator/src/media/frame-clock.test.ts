import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameClock, type PacedStream, type Timers } from './frame-clock.ts';

/** Time that passes only when told to; a timer goes off late by what `latenessMs` says. */
class ManualTimers implements Timers {
  timeMs = 1000;
  latenessMs = (): number => 0;
  #timer: { atMs: number; callback: () => void } | undefined;

  now(): number {
    return this.timeMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.timeMs + delayMs + this.latenessMs(), callback };
    this.#timer = timer;
    return () => {
      if (this.#timer === timer) this.#timer = undefined;
    };
  }

  get isArmed(): boolean {
    return this.#timer !== undefined;
  }

  /** Runs timers until none is set or the time is reached. */
  runUntil(timeMs: number): void {
    while (this.#timer && this.#timer.atMs <= timeMs) {
      const { atMs, callback } = this.#timer;
      this.#timer = undefined;
      this.timeMs = atMs;
      callback();
    }
    this.timeMs = Math.max(this.timeMs, timeMs);
  }
}

class Recorder implements PacedStream {
  readonly dueMs: number[] = [];
  readonly sentMs: number[] = [];
  readonly #timers: Timers;
  readonly #count: number;

  constructor(timers: Timers, count: number) {
    this.#timers = timers;
    this.#count = count;
  }

  onFrameDue(index: number, dueMs: number): boolean {
    assert.equal(index, this.dueMs.length);
    this.dueMs.push(dueMs);
    this.sentMs.push(this.#timers.now());
    return this.dueMs.length < this.#count;
  }
}

test('an hour of frames ends on the millisecond, however late each timer was', () => {
  const timers = new ManualTimers();
  let turn = 0;
  timers.latenessMs = () => (turn++ % 7) * 1.3;
  const clock = new FrameClock(timers);
  const stream = new Recorder(timers, 180_000);
  clock.start(stream, 0);
  timers.runUntil(1000 + 3_600_000 + 100);

  assert.equal(stream.dueMs.length, 180_000);
  assert.equal(stream.dueMs.at(-1), 1000 + 179_999 * 20);
  const lateness = stream.sentMs.map((sentMs, k) => sentMs - (stream.dueMs[k] as number));
  assert.ok(Math.max(...lateness.slice(-1000)) < 10);
  assert.ok(lateness.every((late) => late >= 0));
});

test('a timer that is late by several frames sends all that are due, and the next one at its own time', () => {
  const timers = new ManualTimers();
  const clock = new FrameClock(timers);
  const stream = new Recorder(timers, 100);
  timers.latenessMs = () => 70;
  clock.start(stream, 0);
  timers.latenessMs = () => 0;
  timers.runUntil(1100);
  assert.deepEqual(stream.dueMs, [1000, 1020, 1040, 1060, 1080, 1100]);
  assert.deepEqual(stream.sentMs, [1070, 1070, 1070, 1070, 1080, 1100]);
});

test('streams keep to their phases of the 20 ms', () => {
  const timers = new ManualTimers();
  const clock = new FrameClock(timers);
  timers.timeMs = 1007;
  const phases = [0, 5, 10, 15].map((phaseMs) => ({ phaseMs, stream: new Recorder(timers, 50) }));
  for (const { stream, phaseMs } of phases) clock.start(stream, phaseMs);
  timers.runUntil(1500);
  for (const { stream, phaseMs } of phases) {
    assert.ok(stream.dueMs.length > 20);
    assert.ok(stream.dueMs.every((dueMs) => (dueMs - 1000) % 20 === phaseMs));
    assert.deepEqual(stream.sentMs, stream.dueMs);
  }
});

test('a stream that starts earlier than the set timer is not kept waiting for it', () => {
  const timers = new ManualTimers();
  const clock = new FrameClock(timers);
  timers.timeMs = 1001;
  const late = new Recorder(timers, 5);
  const early = new Recorder(timers, 5);
  clock.start(late, 19);
  clock.start(early, 2);
  timers.runUntil(1010);
  assert.deepEqual(early.sentMs, [1002]);
});

test('no timer stays set when the last stream has ended or was stopped', () => {
  const timers = new ManualTimers();
  const clock = new FrameClock(timers);
  const finite = new Recorder(timers, 3);
  const stopped = new Recorder(timers, 1000);
  clock.start(finite, 0);
  clock.start(stopped, 0);
  timers.runUntil(1100);
  assert.equal(finite.dueMs.length, 3);
  clock.stop(stopped);
  assert.equal(timers.isArmed, false);
});
