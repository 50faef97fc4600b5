import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import fc from 'fast-check';
import { OutgoingWorld } from '../testing/outgoing-world.ts';

const FORMAT = audioFormat(8000);
const BYTES_PER_MS = 16;

/** Live speech whose samples say in which millisecond they were spoken, from 1 on. */
class LiveSpeech {
  readonly #writtenAtMs: number[] = [];

  /** What was spoken since the last time. */
  upTo(nowMs: number): Buffer {
    const fromMs = this.#writtenAtMs.length;
    const speech = Buffer.alloc((nowMs - fromMs) * BYTES_PER_MS);
    for (let at = 0; at < speech.length; at += 2) speech.writeUInt16LE(1 + fromMs + Math.floor(at / BYTES_PER_MS), at);
    while (this.#writtenAtMs.length < nowMs) this.#writtenAtMs.push(nowMs);
    return speech;
  }

  writtenAtMs(sample: number): number {
    const writtenAtMs = this.#writtenAtMs[sample - 1];
    assert.ok(writtenAtMs !== undefined, `nothing was spoken in ${sample} ms`);
    return writtenAtMs;
  }
}

const liveStep = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ ms: fc.constantFrom(20, 20, 20, 5, 13, 40, 60), how: fc.constant('runs' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ ms: fc.integer({ min: 60, max: 1000 }), how: fc.constant('stalls' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ ms: fc.constant(20), how: fc.constantFrom('blocks' as const, 'unblocks' as const) }),
  },
);

describe('the time in which OutgoingAudio sends', () => {
  it('makes live audio no more late than was asked for, however the process and the receiver stall', async () => {
    const bounds = fc.record({ maxDelayMs: fc.integer({ min: 40, max: 400 }), leadMs: fc.constantFrom(40, 200, 400) });
    await fc.assert(
      fc.asyncProperty(
        bounds,
        fc.array(liveStep, { minLength: 1, maxLength: 60, size: 'max' }),
        async (bound, steps) => {
          const { maxDelayMs, leadMs } = bound;
          const world = new OutgoingWorld(FORMAT, { leadMs, maxBufferedBytes: 0, maxQueuedMs: 30_000 });
          const speech = new LiveSpeech();
          world.out.live(maxDelayMs);
          /** When the process ran again. */
          const resumedMs = [0];
          for (const { ms, how } of steps) {
            if (how === 'blocks') world.farEnd.bufferedAmount = 1;
            if (how === 'unblocks') world.farEnd.bufferedAmount = 0;
            if (how === 'stalls') {
              resumedMs.push(world.nowMs + ms);
              await world.stallTo(world.nowMs + ms);
            }
            if (how !== 'stalls') await world.runTo(world.nowMs + ms, () => 2);
            world.out.write(speech.upTo(world.nowMs));
          }
          let worst = 0;
          for (const { bytes, atMs, heardAtMs } of world.farEnd.frames) {
            const resumedAtMs = resumedMs.findLast((ms) => ms <= atMs) ?? 0;
            // What comes before is blended where something was left out.
            for (let ms = 5; ms < 20; ms++) {
              const sample = bytes.readUInt16LE(ms * BYTES_PER_MS);
              // Nothing more came for this frame.
              if (sample === 0) break;
              worst = Math.max(worst, heardAtMs + ms - Math.max(speech.writtenAtMs(sample), resumedAtMs));
            }
          }
          assert.ok(worst <= maxDelayMs + 20, `${worst} ms late`);
          if (maxDelayMs >= 120 && steps.every(({ how }) => how === 'runs')) assert.equal(world.figures.framesShed, 0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is even while a stream plays: one frame in each of its moments, whatever is added between them', async () => {
    const push = fc.record({
      do: fc.constantFrom('write' as const, 'write' as const, 'flush' as const, 'played' as const, 'play' as const),
      afterMs: fc.nat(60),
      bytes: fc.nat(2000),
    });
    const start = fc.record({
      atMs: fc.nat(45),
      leadMs: fc.constantFrom(40, 60, 200, 390),
      from: fc.constantFrom('play' as const, 'write' as const),
      mostLateMs: fc.constantFrom(0, 3),
    });
    await fc.assert(
      fc.asyncProperty(start, fc.array(push, { maxLength: 60, size: 'max' }), async (begin, pushes) => {
        const { atMs: startedAtMs, leadMs, from, mostLateMs } = begin;
        const world = new OutgoingWorld(FORMAT, { leadMs, maxBufferedBytes: 0, maxQueuedMs: 60_000 });
        await world.runTo(startedAtMs);
        const fourSeconds = Buffer.alloc(4000 * BYTES_PER_MS, 0x11);
        if (from === 'write') world.out.write(fourSeconds);
        else world.watch('play', world.out.play(fourSeconds));
        await world.settle();
        let turns = 0;
        const lateMs = () => (turns++ % 3 === 0 ? mostLateMs : 0);
        for (const { do: what, afterMs, bytes } of pushes) {
          await world.runTo(world.nowMs + afterMs, lateMs);
          if (what === 'write') world.out.write(Buffer.alloc(bytes, 0x22));
          else if (what === 'flush') world.out.flush();
          else if (what === 'played') world.watch('played', world.out.played());
          else world.watch('play', world.out.play(Buffer.alloc(bytes, 0x33)));
        }
        await world.runTo(startedAtMs + 3600, lateMs);

        const { frames } = world.farEnd;
        const ahead = frames.filter(({ atMs }) => atMs === startedAtMs);
        assert.equal(ahead.length, Math.floor(leadMs / 20), 'the lead is sent at once');
        const [first, ...others] = frames.slice(ahead.length);
        assert.ok(first && first.atMs <= startedAtMs + 2 * 20 + 3 && others.length > 150);
        for (const [index, { atMs, heardAtMs }] of others.entries()) {
          const offMs = atMs - first.atMs - 20 * (index + 1);
          assert.ok(Math.abs(offMs) <= mostLateMs, `frame ${index} leaves ${offMs} ms off the moment that is its own`);
          if (leadMs >= 60) assert.equal(heardAtMs, first.heardAtMs + 20 * (index + 1), 'a gap');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps of a live burst all that is in time: its end, as much of it as may wait', async () => {
    const world = new OutgoingWorld(FORMAT, { leadMs: 200, maxBufferedBytes: 0, maxQueuedMs: 30_000 });
    world.out.live(200);
    const speech = new LiveSpeech();
    await world.stallTo(1000);
    world.out.write(speech.upTo(1000));
    await world.runTo(2000);
    const { frames } = world.farEnd;
    assert.deepEqual(
      frames.map(({ bytes }) => bytes.readUInt16LE(19 * BYTES_PER_MS)),
      Array.from({ length: 10 }, (_, index) => 820 + 20 * index),
    );
    assert.equal(world.figures.framesShed, 40);
  });

  it('throws live audio away that has waited, for the receiver or for the process, beyond its time', async () => {
    for (const waits of ['receiver', 'process'] as const) {
      const world = new OutgoingWorld(FORMAT, { leadMs: 200, maxBufferedBytes: 0, maxQueuedMs: 30_000 });
      const speech = new LiveSpeech();
      await world.runTo(200);
      world.out.live(200);
      world.out.write(speech.upTo(200));
      if (waits === 'receiver') {
        world.farEnd.bufferedAmount = 1;
        await world.runTo(5000);
        world.farEnd.bufferedAmount = 0;
      } else {
        await world.stallTo(5000);
      }
      await world.runTo(6000);
      const early = world.farEnd.frames.filter(({ atMs }) => atMs <= 200);
      assert.deepEqual([early.length, world.farEnd.frames.length], [2, 2], waits);
      assert.equal(world.figures.framesShed, 8, waits);
    }
  });

  it('fills no live frame up whose rest is about to come', async () => {
    for (const [maxDelayMs, pieceMs] of [
      [60, 15],
      [60, 30],
      [100, 50],
    ] as const) {
      const world = new OutgoingWorld(FORMAT, { leadMs: 200, maxBufferedBytes: 0, maxQueuedMs: 30_000 });
      const speech = new LiveSpeech();
      world.out.live(maxDelayMs);
      for (let atMs = pieceMs; atMs <= 10_000; atMs += pieceMs) {
        await world.runTo(atMs);
        world.out.write(speech.upTo(atMs));
      }
      const sentMs = world.farEnd.frames.length * 20;
      assert.equal(world.figures.framesShed, 0, `${pieceMs} ms pieces`);
      assert.ok(Math.abs(sentMs - 10_000) <= 100, `${sentMs} ms are sent of 10 s in ${pieceMs} ms pieces`);
    }
  });

  it('waits for the rest of a first frame until the next of the moments', async () => {
    const world = new OutgoingWorld(FORMAT, { leadMs: 200, maxBufferedBytes: 0, maxQueuedMs: 30_000 });
    const half = Buffer.alloc(10 * BYTES_PER_MS, 1);
    await world.runTo(3);
    world.out.write(half);
    await world.runTo(12);
    world.out.write(half);
    await world.runTo(1003);
    world.out.write(half);
    await world.runTo(2000);
    assert.deepEqual(
      world.farEnd.frames.map(({ atMs, bytes }) => [atMs, bytes.indexOf(0)]),
      [
        [12, -1],
        [1020, 10 * BYTES_PER_MS],
      ],
    );
  });
});
