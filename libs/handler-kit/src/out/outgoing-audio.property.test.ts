import { describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import fc from 'fast-check';
import { type Command, OutgoingRun, type Reaction, type SourceEnd, type SourceShape } from '../testing/outgoing-run.ts';
import { OutgoingWorld } from '../testing/outgoing-world.ts';
import type { OutgoingLimits } from './outgoing-limits.ts';

/** Of 8 kHz. */
const FRAME_BYTES = 320;

const lengths = fc.oneof(
  fc.constantFrom(0, 1, 2, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES, 3 * FRAME_BYTES),
  fc.nat(2000),
  fc.nat(40_000),
);

const hostile = fc.constantFrom<unknown>(
  undefined,
  null,
  'kodamaMark',
  1,
  [],
  {},
  { kodamaMark: Number.NaN },
  { kodamaMark: Number.POSITIVE_INFINITY },
  { kodamaMark: 2 ** 53 },
  { kodamaMark: -1 },
  { kodamaMark: 0 },
  { kodamaMark: 0.5 },
  { kodamaMark: '1' },
  { kodamaMark: [1] },
  { kodamaMark: null },
);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      as: fc.constantFrom('Buffer' as const, 'Uint8Array' as const, 'Int16Array' as const),
      length: lengths,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      as: fc.constant('Buffer' as const),
      length: fc.oneof(fc.constantFrom(320, 640, 960), lengths),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('play' as const),
      shape: fc.constantFrom<SourceShape>('array', 'generator', 'async', 'bytes'),
      end: fc.constantFrom<SourceEnd>('ends', 'ends', 'ends', 'throws', 'hangs'),
      lengths: fc.array(lengths, { maxLength: 4 }),
      signal: fc.constantFrom('none' as const, 'none' as const, 'aborted' as const, 'later' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('flush' as const, 'played' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('drained' as const, 'clear' as const, 'abort' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('live' as const),
      maxDelayMs: fc.oneof(fc.constant<false>(false), fc.integer({ min: 40, max: 500 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('notify' as const), which: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('notify hostile' as const), payload: hostile }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(30), fc.nat(900)),
      lateMs: fc.constantFrom(0, 0, 1, 3, 70, 1000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stall' as const), ms: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('block' as const, 'break' as const), on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('on next sent' as const),
      reaction: fc.constantFrom<Reaction>('write', 'clear', 'end'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end in next send' as const) }) },
);

const limits: fc.Arbitrary<OutgoingLimits> = fc.record({
  leadMs: fc.constantFrom(40, 60, 200, 410),
  maxBufferedBytes: fc.constantFrom(0, 48_000),
  maxQueuedMs: fc.constantFrom(500, 1990, 30_000),
});

describe('OutgoingAudio, whatever is done with it', () => {
  it('sends whole frames and its two commands, in time, within its bounds, and nothing after the end', async () => {
    const commands = fc.array(command, { maxLength: 60, size: 'max' });
    const rates = fc.constantFrom(8000 as const, 16000 as const, 24000 as const);
    const endAt = fc.nat(150);
    await fc.assert(
      fc.asyncProperty(rates, limits, commands, endAt, async (rateHz, bounds, orders, end) => {
        const run = new OutgoingRun(new OutgoingWorld(audioFormat(rateHz), bounds));
        for (const [index, order] of orders.entries()) {
          if (index === end) await run.do({ do: 'end' });
          await run.do(order);
        }
        await run.finish();
      }),
      { numRuns: 1500 },
    );
  });
});
