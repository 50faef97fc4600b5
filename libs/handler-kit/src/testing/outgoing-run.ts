import assert from 'node:assert/strict';
import { CallOverError } from '../handler/call-over-error.ts';
import type { AudioSource } from '../out/audio-out.ts';
import { type OutgoingWorld, PENDING, type Watched } from './outgoing-world.ts';

/** Waits that are still answered after the end of a call. */
const LATE_WAITS = 10;

/** A frame of nothing but this comes from a source that can be aborted. What a source that throws has given before is played. */
const ABORTABLE = 0x77;

export type SourceShape = 'array' | 'generator' | 'async' | 'bytes';
export type SourceEnd = 'ends' | 'throws' | 'hangs';
export type Reaction = 'write' | 'clear' | 'end';

export type Command =
  | { do: 'write' | 'pass'; as: 'Buffer' | 'Uint8Array' | 'Int16Array'; length: number }
  | { do: 'play'; shape: SourceShape; end: SourceEnd; lengths: number[]; signal: 'none' | 'aborted' | 'later' }
  | { do: 'flush' | 'played' | 'drained' | 'clear' | 'abort' | 'end' }
  | { do: 'live'; maxDelayMs: number | false }
  | { do: 'notify'; which: number }
  | { do: 'notify hostile'; payload: unknown }
  | { do: 'wait'; ms: number; lateMs: number }
  | { do: 'stall'; ms: number }
  | { do: 'block' | 'break'; on: boolean }
  | { do: 'on next sent'; reaction: Reaction }
  | { do: 'end in next send' };

class SourceError extends Error {}

/** What a reaction writes. */
const REACTION_BYTES = 700;

/** Does what it is told, and holds the stream to all that must be so whatever it is told. */
export class OutgoingRun {
  readonly #world: OutgoingWorld;
  readonly #aborts: AbortController[] = [];
  /** Marks that have been sent, and are neither answered nor cleared. */
  readonly #openMarks = new Set<number>();
  readonly #aborted = new Set<Watched>();
  #textsSeen = 0;
  #lastMark = 0;
  #answers = 0;
  #passesRefused = 0;
  #isOver = false;
  #arrivalsAtEnd = 0;
  readonly #waitsAfterEnd = new Set<Watched>();
  #deliveredSinceClear = 0;
  #framesSeen = 0;
  /** Nothing that may be aborted plays any more. */
  #allAborted = false;
  /** A source that hangs holds up those after it. */
  #hangs = false;

  constructor(world: OutgoingWorld) {
    this.#world = world;
    world.answersMarks = false;
  }

  async do(command: Command): Promise<void> {
    const { out, farEnd, nowMs } = this.#world;
    switch (command.do) {
      case 'write':
        out.write(audioOf(command.as, command.length));
        break;
      case 'pass':
        this.#pass(Buffer.alloc(command.length, 0x5a));
        break;
      case 'flush':
        out.flush();
        break;
      case 'play':
        this.#play(command);
        break;
      case 'played':
      case 'drained':
        this.#watch(command.do, out[command.do]());
        break;
      case 'clear':
        await this.#clear();
        break;
      case 'abort':
        this.#look();
        for (const abort of this.#aborts.splice(0)) abort.abort();
        this.#allAborted = true;
        break;
      case 'live':
        this.#live(command.maxDelayMs);
        break;
      case 'notify':
        this.#notify(command.which);
        break;
      case 'notify hostile':
        assert.equal(out.notified(command.payload), false);
        break;
      case 'wait':
        await this.#world.runTo(nowMs + command.ms, () => command.lateMs);
        break;
      case 'stall':
        await this.#world.stallTo(nowMs + command.ms);
        break;
      case 'block':
        farEnd.bufferedAmount = command.on ? 1_000_000 : 0;
        break;
      case 'break':
        farEnd.isBroken = command.on;
        break;
      case 'on next sent':
        this.#world.onSent = () => this.#react(command.reaction);
        break;
      case 'end in next send':
        farEnd.onNext = () => this.#end();
        break;
      case 'end':
        this.#end();
        break;
    }
    await this.#world.settle();
    this.#check();
  }

  /** A socket that takes everything, and a far end that answers: all that can come to its end does so by itself. */
  async finish(): Promise<void> {
    const { out, farEnd, limits, timers, pacer, nowMs } = this.#world;
    await this.do({ do: 'block', on: false });
    await this.do({ do: 'break', on: false });
    const framesBefore = farEnd.frames.length;
    // What is written while something is sent finds the room that it leaves.
    const reactionFrames = this.#world.onSent === undefined ? 0 : Math.ceil(REACTION_BYTES / out.format.bytesPerFrame);
    const isRead = this.#world.open.some(({ kind }) => kind === 'play');
    await this.#world.runTo(nowMs + (isRead ? 25_000 : limits.maxQueuedMs + 2000));
    this.#check();
    if (!isRead) {
      const most = limits.maxQueuedMs / 20 + 1 + reactionFrames;
      assert.ok(
        farEnd.frames.length - framesBefore <= most,
        `${farEnd.frames.length - framesBefore} frames were queued`,
      );
    }
    assert.equal(out.unplayedMs, 0);
    assert.deepEqual([pacer.size, timers.pending], [0, 0], 'nobody has anything to send');
    for (const mark of [...this.#openMarks]) this.#answer(mark);
    await this.#world.settle();
    const open = this.#world.open.filter(({ kind }) => kind !== 'play' || !this.#hangs);
    assert.deepEqual(this.#isOver ? [] : open, []);
    this.#end();
    await this.#world.settle();
    this.#check();
    this.#checkSent();
  }

  /** What the stream tells of its frames is what the far end says; and nobody writes to them later. */
  #checkSent(): void {
    const { farEnd, sent } = this.#world;
    assert.deepEqual(
      sent.map(({ heardAtMs }) => heardAtMs),
      farEnd.frames.map(({ heardAtMs }) => heardAtMs),
    );
    assert.ok(
      farEnd.frames.every(({ message, bytes }, index) => message === sent[index]?.frame && bytes.equals(message)),
    );
  }

  #pass(frame: Buffer): void {
    const { out, farEnd, format, limits } = this.#world;
    const before = farEnd.arrivals.length;
    const mayGo =
      !this.#isOver &&
      frame.length === format.bytesPerFrame &&
      farEnd.bufferedAmount <= limits.maxBufferedBytes &&
      out.unplayedMs === 0;
    const { isBroken } = farEnd;
    farEnd.expectPassed(frame);
    const wasOver = this.#isOver;
    assert.equal(out.pass(frame), mayGo && !isBroken);
    if (mayGo) assert.equal(farEnd.arrivals[before]?.message, frame);
    else assert.equal(farEnd.arrivals.length, before);
    if (!wasOver && !(mayGo && !isBroken)) this.#passesRefused += 1;
  }

  #play({ shape, end, lengths, signal }: Command & { do: 'play' }): void {
    if (end === 'hangs' && shape === 'async' && signal !== 'aborted') this.#hangs = true;
    const abort = new AbortController();
    if (signal === 'aborted') abort.abort();
    if (signal === 'later') this.#allAborted = false;
    const played = this.#world.out.play(
      sourceOf(shape, end, lengths, signal === 'later' && end !== 'throws' ? ABORTABLE : 0x34),
      signal === 'none' ? {} : { signal: abort.signal },
    );
    const watched = this.#watch('play', played);
    if (signal === 'aborted') this.#aborted.add(watched);
    if (signal !== 'later') return;
    abort.signal.addEventListener('abort', () => this.#aborted.add(watched));
    this.#aborts.push(abort);
  }

  #watch(kind: Watched['kind'], promise: Promise<unknown>): Watched {
    const watched = this.#world.watch(kind, promise);
    if (this.#isOver) this.#waitsAfterEnd.add(watched);
    return watched;
  }

  async #clear(): Promise<void> {
    const open = this.#world.open.filter(({ kind }) => kind !== 'drained');
    const { isOver } = this;
    this.#clearNow();
    await this.#world.settle();
    if (isOver) return;
    for (const { state } of open) {
      const isRight = state === 'cleared' || state instanceof SourceError || state instanceof CallOverError;
      assert.ok(isRight, String(state));
    }
    assert.equal(this.#world.out.unplayedMs, 0);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  #clearNow(): void {
    const { out, farEnd } = this.#world;
    this.#look();
    const before = farEnd.arrivals.length;
    const expected = this.#isOver || this.#deliveredSinceClear === 0 ? [] : ['{"action":"clear"}'];
    if (!this.#isOver) {
      farEnd.forget();
      this.#openMarks.clear();
    }
    this.#deliveredSinceClear = 0;
    out.clear();
    const said = farEnd.arrivals.slice(before, before + 1).map(({ message }) => message);
    assert.deepEqual(said, expected);
  }

  #live(maxDelayMs: number | false): void {
    const { out, farEnd, limits } = this.#world;
    farEnd.leadMs = maxDelayMs === false ? limits.leadMs : Math.min(40, limits.leadMs);
    out.live(maxDelayMs);
  }

  #notify(which: number): void {
    this.#look();
    // Some of them have been answered or cleared, and some are yet to come.
    this.#answer((which % (this.#lastMark + 5)) + 1);
  }

  #answer(mark: number): void {
    const isOpen = this.#openMarks.delete(mark);
    let reads = 0;
    const payload = {
      get kodamaMark() {
        reads += 1;
        return reads === 1 ? mark : mark + 1;
      },
    };
    assert.equal(this.#world.out.notified(payload), isOpen && !this.#isOver, `the answer to ${mark}`);
    if (isOpen && !this.#isOver) this.#answers += 1;
  }

  #react(reaction: Reaction): void {
    if (reaction === 'write') this.#world.out.write(Buffer.alloc(REACTION_BYTES, 0x33));
    else if (reaction === 'clear') this.#clearNow();
    else this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { life, out, farEnd } = this.#world;
    life.end();
    out.stop();
    this.#arrivalsAtEnd = farEnd.arrivals.length;
  }

  /** Takes in what has come since the last time. */
  #look(): void {
    const { farEnd } = this.#world;
    for (; this.#textsSeen < farEnd.texts.length; this.#textsSeen += 1) {
      const text = farEnd.texts[this.#textsSeen]?.message as string;
      const { action, ...rest } = JSON.parse(text);
      if (action === 'clear') {
        assert.deepEqual(rest, {});
        continue;
      }
      assert.deepEqual([action, rest], ['notify', { payload: { kodamaMark: rest.payload.kodamaMark } }]);
      const mark = rest.payload.kodamaMark;
      assert.ok(Number.isInteger(mark) && mark > this.#lastMark, `mark ${mark} after ${this.#lastMark}`);
      this.#lastMark = mark;
      this.#openMarks.add(mark);
    }
    for (; this.#framesSeen < farEnd.arrivals.length; this.#framesSeen += 1) {
      const arrival = farEnd.arrivals[this.#framesSeen];
      if (!arrival?.isBinary) continue;
      if (!arrival.isLost) this.#deliveredSinceClear += 1;
      if (this.#allAborted) assert.ok(!arrival.bytes.every((byte) => byte === ABORTABLE), 'what was aborted goes on');
    }
  }

  #check(): void {
    this.#look();
    const { farEnd, out, timers, pacer, limits, figures, format, watched } = this.#world;
    if (this.#isOver) {
      assert.equal(farEnd.arrivals.length, this.#arrivalsAtEnd, 'nothing is sent after the end');
      assert.deepEqual([pacer.size, timers.pending, out.unplayedMs], [0, 0, 0]);
    }
    assert.ok(pacer.size <= 1 && timers.pending <= 1);
    const queuedMs = out.unplayedMs - limits.leadMs;
    // A tick may be early by a millisecond, and then more is ahead.
    assert.ok(queuedMs <= limits.maxQueuedMs + 1, `${queuedMs} ms are queued`);
    assert.equal(figures.framesOut, farEnd.frames.length);
    assert.equal(figures.framesDropped, this.#passesRefused);
    const ends = watched.filter(({ state }) => state === 'played').length;
    const most = this.#answers;
    // What was aborted while its mark was out is not played when the answer comes.
    assert.ok(ends <= most && ends >= most - this.#aborted.size, `${ends} played of ${most} answers`);
    for (const { atMs, bytes, isBinary, heardAtMs, leadMs, bufferedAmount } of farEnd.arrivals) {
      if (!isBinary) continue;
      assert.ok(bufferedAmount <= limits.maxBufferedBytes, 'the receiver is too slow for more');
      assert.equal(bytes.length, format.bytesPerFrame);
      assert.ok(heardAtMs - atMs <= leadMs - 20 + 1, `${heardAtMs - atMs} ms early with a lead of ${leadMs}`);
    }
    for (const one of watched) this.#checkState(one);
  }

  #checkState(watched: Watched): void {
    const { kind, state } = watched;
    if (state instanceof CallOverError) assert.ok(this.#isOver);
    else if (state instanceof SourceError) assert.equal(kind, 'play');
    else if (kind === 'drained') assert.ok(state === PENDING || state === undefined);
    else assert.ok(state === PENDING || state === 'played' || state === 'cleared', String(state));
    if (state !== PENDING) return;
    assert.ok(!this.#aborted.has(watched) || this.#isOver);
    // What waits again and again after the end is left standing.
    if (this.#isOver) assert.ok([...this.#waitsAfterEnd].indexOf(watched) >= LATE_WAITS, 'nothing outlives the call');
  }
}

function audioOf(as: 'Buffer' | 'Uint8Array' | 'Int16Array', length: number, byte = 0x34) {
  if (as === 'Int16Array') return new Int16Array(length >> 1).fill(byte * 0x0101);
  return as === 'Buffer' ? Buffer.alloc(length, byte) : new Uint8Array(length).fill(byte);
}

function sourceOf(shape: SourceShape, end: SourceEnd, lengths: number[], byte: number): AudioSource {
  const pieces = lengths.map((length, index) => audioOf(index % 2 === 0 ? 'Buffer' : 'Int16Array', length, byte));
  if (shape === 'array') return pieces;
  if (shape === 'bytes') return Buffer.alloc(lengths[0] ?? 0, byte);
  if (shape === 'generator') {
    return (function* () {
      yield* pieces;
      if (end === 'throws') throw new SourceError();
    })();
  }
  return (async function* () {
    yield* pieces;
    if (end === 'throws') throw new SourceError();
    if (end === 'hangs') await new Promise(() => {});
  })();
}
