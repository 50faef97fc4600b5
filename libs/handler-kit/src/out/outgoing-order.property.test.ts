import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import fc from 'fast-check';
import { samplesOf } from '../pcm/samples.ts';
import { OutgoingWorld } from '../testing/outgoing-world.ts';
import type { AudioSource, CallAudio } from './audio-out.ts';

const LIMITS = { leadMs: 200, maxBufferedBytes: 48_000, maxQueuedMs: 60_000 };

type As = 'Buffer' | 'Uint8Array' | 'Int16Array';

/** Audio without a 0 in it, so that silence is told from it. Each source's bytes say whose they are. */
class Spoken {
  length = 0;
  readonly #source: number;

  constructor(source: number) {
    this.#source = source;
  }

  static sourceOf(byte: number): number {
    return byte >> 5;
  }

  /** All that was spoken. */
  get all(): Buffer {
    return this.#stretch(0, this.length);
  }

  next(length: number, as: As): CallAudio {
    const whole = as === 'Int16Array' ? length - (length % 2) : length;
    const bytes = this.#stretch(this.length, whole);
    this.length += whole;
    if (as === 'Int16Array') return Int16Array.from(samplesOf(bytes));
    return as === 'Buffer' ? bytes : new Uint8Array(bytes);
  }

  #stretch(from: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let index = 0; index < length; index++) bytes[index] = (this.#source << 5) | (1 + (((from + index) * 7) % 31));
    return bytes;
  }
}

const as = fc.constantFrom<As>('Buffer', 'Uint8Array', 'Int16Array');
const length = fc.oneof(fc.constantFrom(0, 1, 2, 319, 320, 321, 640), fc.nat(1000), fc.nat(8000));
const shape = fc.constantFrom('array' as const, 'generator' as const, 'async' as const);

const write = fc.record({ do: fc.constant('write' as const), length, as });
const end = fc.record({ do: fc.constantFrom('flush' as const, 'played' as const) });
const wait = fc.record({
  do: fc.constant('wait' as const),
  ms: fc.oneof(fc.nat(30), fc.nat(500)),
  lateMs: fc.constantFrom(0, 0, 2, 90, 1000),
});
const play = fc.record({
  do: fc.constant('play' as const),
  pieces: fc.array(fc.record({ length, as }), { maxLength: 4 }),
  shape,
});

/** The audio in a frame, without the silence that may only be at its end. */
function withoutSilence(frame: Buffer): Buffer {
  const at = frame.indexOf(0);
  if (at < 0) return frame;
  assert.ok(
    frame.subarray(at).every((byte) => byte === 0),
    'audio after silence in one frame',
  );
  return frame.subarray(0, at);
}

function sourceOf(pieces: CallAudio[], shape: 'array' | 'generator' | 'async'): AudioSource {
  if (shape === 'array') return pieces;
  const generator = function* () {
    yield* pieces;
  };
  const asyncGenerator = async function* () {
    yield* pieces;
  };
  return shape === 'generator' ? generator() : asyncGenerator();
}

/** Lets all go out and be heard. */
async function finish(world: OutgoingWorld): Promise<void> {
  world.out.flush();
  await world.settle();
  for (let k = 0; k < 200 && (world.out.unplayedMs > 0 || world.open.length > 0); k++) {
    await world.runTo(world.nowMs + 1000);
  }
  assert.deepEqual([world.out.unplayedMs, world.open.length], [0, 0]);
  await world.runTo(world.nowMs + 20);
  assert.deepEqual([world.pacer.size, world.timers.pending], [0, 0], 'nobody has anything to send');
  assert.deepEqual([world.figures.framesShed, world.figures.framesDropped], [0, 0]);
}

describe('the order of what OutgoingAudio sends', () => {
  it('is that of what was written, to the bit, with silence where a piece ends or nothing came in time', async () => {
    const commands = fc.array(fc.oneof({ weight: 3, arbitrary: write }, { weight: 1, arbitrary: end }, wait), {
      maxLength: 30,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(commands, async (orders) => {
        const world = new OutgoingWorld(audioFormat(8000), LIMITS);
        const spoken = new Spoken(1);
        const ends = new Set<number>();
        /** How much of it was written before each `played`. */
        const waits: number[] = [];
        const heard: number[] = [];
        for (const order of orders) {
          if (order.do === 'write') {
            const audio = spoken.next(order.length, order.as);
            world.out.write(audio);
            // Its memory is the user's again.
            audio.fill(0);
          } else if (order.do === 'wait') {
            await world.runTo(world.nowMs + order.ms, () => order.lateMs);
          } else {
            ends.add(spoken.length);
            if (order.do === 'flush') world.out.flush();
            else {
              const place = waits.push(spoken.length) - 1;
              const played = world.out.played().then((how) => {
                assert.equal(how, 'played');
                heard[place] = world.nowMs;
              });
              world.watch('played', played);
            }
          }
        }
        ends.add(spoken.length);
        await finish(world);
        assert.ok(world.watched.every(({ state }) => state === undefined));

        const sent: Buffer[] = [];
        let at = 0;
        for (const { bytes, atMs, heardAtMs } of world.farEnd.frames) {
          const audio = withoutSilence(bytes);
          sent.push(audio);
          at += audio.length;
          assert.ok(audio.length > 0, 'a frame of nothing but silence');
          const isAtItsMoment = heardAtMs - atMs < 40;
          // The half of a sample that may be missing here comes with its other half.
          const isFull = audio.length === bytes.length;
          assert.ok(isFull || ends.has(at) || isAtItsMoment, `silence after ${at} bytes`);
        }
        assert.ok(Buffer.concat(sent).equals(spoken.all), 'what was sent is what was written');

        // Whoever waited was told no sooner than the far end had heard all that was written before.
        for (const [place, bytes] of waits.entries()) {
          let byThen = 0;
          for (const { heardAtMs, bytes: frame } of world.farEnd.frames) {
            if (heardAtMs + 20 <= (heard[place] as number)) byThen += withoutSilence(frame).length;
          }
          assert.ok(byThen >= bytes, `${byThen} of ${bytes} bytes had been heard`);
        }
      }),
      { numRuns: 250 },
    );
  });

  it('keeps each of many sources whole and in its order, and one after the other', async () => {
    const commands = fc.array(fc.oneof(write, end, wait, { weight: 2, arbitrary: play }), {
      maxLength: 20,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(commands, async (orders) => {
        const world = new OutgoingWorld(audioFormat(8000), LIMITS);
        const all = [new Spoken(0), new Spoken(1)];
        const [, written] = all as [Spoken, Spoken];
        let ends = 1;
        for (const order of orders) {
          if (order.do === 'write') world.out.write(written.next(order.length, order.as));
          else if (order.do === 'wait') await world.runTo(world.nowMs + order.ms, () => order.lateMs);
          else if (order.do === 'play') {
            const spoken = new Spoken(all.length);
            // A byte has room for the numbers of no more sources than these.
            if (all.push(spoken) > 8) break;
            const pieces = order.pieces.map((piece) => spoken.next(piece.length, piece.as));
            world.watch('play', world.out.play(sourceOf(pieces, order.shape)));
            ends += 1;
          } else {
            if (order.do === 'flush') world.out.flush();
            else world.watch('played', world.out.played());
            ends += 1;
          }
        }
        await finish(world);
        assert.ok(world.watched.every(({ state }) => state === 'played'));

        const heard = all.map((): number[] => []);
        let lastPlayed = 0;
        let cutShort = 0;
        for (const { bytes, atMs, heardAtMs } of world.farEnd.frames) {
          const audio = withoutSilence(bytes);
          if (audio.length < bytes.length && heardAtMs - atMs >= 40) cutShort += 1;
          for (const [index, byte] of audio.entries()) {
            const source = Spoken.sourceOf(byte);
            heard[source]?.push(byte);
            const other = audio[index ^ 1];
            assert.ok(other === undefined || Spoken.sourceOf(other) === source, 'a sample of two sources');
            if (source === 1) continue;
            assert.ok(source >= lastPlayed, `source ${source} goes on after ${lastPlayed} has begun`);
            lastPlayed = source;
          }
        }
        for (const [source, spoken] of all.entries()) {
          assert.ok(Buffer.from(heard[source] ?? []).equals(spoken.all), `source ${source} is whole`);
        }
        assert.ok(cutShort <= 2 * ends, `${cutShort} frames were filled up for ${ends} ends`);
      }),
      { numRuns: 150 },
    );
  });

  it('is kept where one piece fills both the lead and the queue, also from the middle of a sample', async () => {
    const world = new OutgoingWorld(audioFormat(8000), { leadMs: 400, maxBufferedBytes: 0, maxQueuedMs: 100 });
    const spoken = new Spoken(1);
    world.out.write(spoken.next(1, 'Buffer'));
    world.out.write(spoken.next(25 * 320 - 1, 'Buffer'));
    await finish(world);
    const sent = Buffer.concat(world.farEnd.frames.map(({ bytes }) => bytes));
    assert.ok(sent.equals(spoken.all), 'what was sent is what was written');
  });
});
