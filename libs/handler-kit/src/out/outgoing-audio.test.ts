import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import { OutgoingWorld } from '../testing/outgoing-world.ts';

const SAMPLES_PER_MS = 8;

const worldOf = (maxQueuedMs = 30_000) =>
  new OutgoingWorld(audioFormat(8000), { leadMs: 200, maxBufferedBytes: 0, maxQueuedMs });

/** Audio whose samples are all the same. */
const level = (value: number, ms: number) => Buffer.from(new Int16Array(ms * SAMPLES_PER_MS).fill(value).buffer);

const samplesSent = ({ farEnd }: OutgoingWorld, from = 0) =>
  farEnd.frames
    .slice(from)
    .flatMap(({ bytes }) => Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2)));

describe('OutgoingAudio', () => {
  it('does not join what comes after a silence to what was aborted before it', async () => {
    const world = worldOf();
    const abort = new AbortController();
    world.watch('play', world.out.play(level(10_000, 2000), { signal: abort.signal }));
    await world.runTo(500);
    abort.abort();
    await world.runTo(10_000);
    const { length } = world.farEnd.frames;
    world.out.write(level(1, 100));
    await world.runTo(11_000);
    assert.deepEqual(new Set(samplesSent(world, length)), new Set([1]));
  });

  it('begins with a whole sample after a flush, also where half a sample was thrown away before it', async () => {
    const world = worldOf(100);
    world.out.write(Buffer.concat([level(0x0101, 400), Buffer.of(1)]));
    world.out.flush();
    await world.runTo(1000);
    const { length } = world.farEnd.frames;
    assert.ok(world.figures.framesShed > 0);
    world.out.write(level(256, 20));
    assert.deepEqual(new Set(samplesSent(world, length)), new Set([256]));
  });

  it('sends nothing more of a piece that is cleared while it goes out', async () => {
    const world = worldOf(100);
    world.onSent = () => world.out.clear();
    world.out.write(level(1, 300));
    await world.runTo(1000);
    assert.deepEqual([world.farEnd.frames.length, world.out.unplayedMs], [1, 0]);
  });

  it('leaves no listener behind at a signal that outlives the call', async () => {
    const world = worldOf();
    const { signal } = new AbortController();
    world.watch('play', world.out.play(level(1, 100), { signal }));
    await world.runTo(50);
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    world.life.end();
    world.out.stop();
    await world.settle();
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('counts the frames that a stall has made late, whatever it plays, and keeps its moments', async () => {
    const sources = {
      ready: (world: OutgoingWorld) => void world.watch('play', world.out.play(level(1, 4000))),
      later: (world: OutgoingWorld) =>
        void world.watch(
          'play',
          world.out.play(
            (async function* () {
              for (let i = 0; i < 200; i++) yield level(1, 20);
            })(),
          ),
        ),
      written: (world: OutgoingWorld) => void world.out.write(level(1, 4000)),
    };
    const seen = await Promise.all(
      Object.values(sources).map(async (play) => {
        const world = worldOf();
        await world.runTo(3);
        play(world);
        await world.settle();
        await world.runTo(1000);
        const phaseMs = (world.farEnd.frames.at(-1)?.atMs ?? 0) % 20;
        await world.stallTo(1150);
        await world.runTo(2000);
        return [world.figures.framesLate, (world.farEnd.frames.at(-1)?.atMs ?? 0) % 20 === phaseMs];
      }),
    );
    const [first] = seen;
    assert.ok(Number(first?.[0]) >= 4, `${first?.[0]} frames are late`);
    assert.deepEqual(seen, [first, first, first]);
    assert.equal(first?.[1], true);
  });
});
