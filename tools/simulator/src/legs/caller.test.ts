import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withPlayed } from './caller.ts';

const pcm = (...samples: number[]): Buffer => Buffer.from(Int16Array.from(samples).buffer);

describe('what is played to one leg alone', () => {
  it('is heard on top of the rest, which is not written to', () => {
    const rest = pcm(1, 30_000);
    assert.deepEqual(withPlayed(rest, pcm(2, 30_000)), pcm(3, 32_767));
    assert.deepEqual(rest, pcm(1, 30_000));
  });

  it('is heard alone where there is nothing else, and where nothing is played the rest stays the very buffer', () => {
    const [rest, played] = [pcm(1), pcm(2)];
    assert.equal(withPlayed(rest, undefined), rest);
    assert.equal(withPlayed(undefined, played), played);
    assert.equal(withPlayed(undefined, undefined), undefined);
  });
});
