import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AudioBlocks } from './audio-blocks.ts';

function taken(blocks: AudioBlocks): number[][] {
  const all: number[][] = [];
  for (let block = blocks.shift(); block; block = blocks.shift()) all.push([...block]);
  return all;
}

describe('audio that waits in blocks', () => {
  it('comes out in blocks of one size, the last one as long as it is', () => {
    const blocks = new AudioBlocks(3);
    blocks.push(Buffer.of(1));
    blocks.push(Buffer.of(2, 3, 4, 5, 6, 7, 8));
    assert.deepEqual(taken(blocks), [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8],
    ]);
  });

  it('does not change when the memory it came in does', () => {
    const blocks = new AudioBlocks(3);
    const piece = Buffer.of(1, 2);
    blocks.push(piece);
    piece.fill(0);
    assert.deepEqual(taken(blocks), [[1, 2]]);
  });

  it('is the same bytes in the same order, however it comes and goes', () => {
    const step = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant('shift' as const));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const blocks = new AudioBlocks(7);
        const pushed: number[] = [];
        const shifted: number[] = [];
        for (const what of steps) {
          if (what === 'shift') shifted.push(...(blocks.shift() ?? []));
          else {
            blocks.push(Buffer.from(what));
            pushed.push(...what);
          }
        }
        assert.deepEqual([...shifted, ...taken(blocks).flat()], pushed);
      }),
    );
  });
});
