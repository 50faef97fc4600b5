import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FramePlayer } from './frame-player.ts';

const [A, B, C] = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];

const ticks = (player: FramePlayer, count: number) => Array.from({ length: count }, () => player.next());

describe('a frame player', () => {
  it('plays what it is given one after the other, and then nothing', async () => {
    const player = new FramePlayer();
    const first = player.play([A, B]);
    const second = player.play([C]);
    assert.equal(player.isPlaying, true);
    assert.deepEqual(ticks(player, 4), [A, B, C, undefined]);
    assert.deepEqual([await first, await second], [true, true]);
    assert.deepEqual([player.isPlaying, player.played], [false, 3]);
  });

  it('is done when the last frame was handed out, and not before', async () => {
    const player = new FramePlayer();
    let isDone = false;
    const done = player.play([A, B]).then(() => {
      isDone = true;
    });
    player.next();
    await Promise.resolve();
    assert.equal(isDone, false);
    player.next();
    await done;
  });

  it('plays in a loop as often as told, and with 0 until it is stopped', async () => {
    const player = new FramePlayer();
    const twice = player.play([A, B], 2);
    const forEver = player.play([C], 0);
    assert.deepEqual(ticks(player, 7), [A, B, A, B, C, C, C]);
    assert.equal(await twice, true);
    player.stop();
    assert.equal(await forEver, false);
    assert.equal(player.next(), undefined);
  });

  it('stops whatever is still to come as well', async () => {
    const player = new FramePlayer();
    const both = Promise.all([player.play([A]), player.play([B])]);
    player.stop();
    assert.deepEqual(await both, [false, false]);
    player.stop();
    assert.equal(player.played, 0);
  });

  it('is through at once with no frames at all', async () => {
    const player = new FramePlayer();
    assert.equal(await player.play([], 0), true);
    assert.equal(player.isPlaying, false);
  });
});
