import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NewestAudio } from './newest-audio.ts';

function taken(audio: NewestAudio): number[] {
  const bytes: number[] = [];
  for (let piece = audio.shift(); piece; piece = audio.shift()) bytes.push(...piece);
  return bytes;
}

describe('the newest audio', () => {
  it('comes out in the order in which it went in', () => {
    const audio = new NewestAudio(4);
    audio.push(Buffer.of(1, 2));
    audio.push(Buffer.of(3, 4));
    assert.deepEqual(taken(audio), [1, 2, 3, 4]);
    assert.equal(audio.droppedBytes, 0);
  });

  it('is kept up to the limit: the oldest is thrown away and counted', () => {
    const audio = new NewestAudio(4);
    for (const piece of [Buffer.of(1, 2), Buffer.of(3, 4), Buffer.of(5, 6)]) audio.push(piece);
    assert.deepEqual(taken(audio), [3, 4, 5, 6]);
    assert.equal(audio.droppedBytes, 2);
  });

  it('has room again when some was taken', () => {
    const audio = new NewestAudio(2);
    audio.push(Buffer.of(1, 2));
    assert.deepEqual(taken(audio), [1, 2]);
    audio.push(Buffer.of(3, 4));
    assert.deepEqual(taken(audio), [3, 4]);
    assert.equal(audio.droppedBytes, 0);
  });

  it('does not change when the memory it came in does', () => {
    const audio = new NewestAudio(2);
    const piece = Buffer.of(1, 2);
    audio.push(piece);
    piece.fill(0);
    assert.deepEqual(taken(audio), [1, 2]);
  });
});
