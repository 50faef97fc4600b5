import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mixDown } from './mix-down.ts';

describe('mixDown', () => {
  it('gives each channel the same weight', () => {
    assert.deepEqual([...mixDown(Float32Array.of(100, 200, -5, -6), 2)], [150, -5.5]);
    assert.deepEqual([...mixDown(Float32Array.of(9, 0, 0, 3, 3, 3), 3)], [3, 3]);
  });

  it('is no louder than the loudest channel', () => {
    assert.deepEqual([...mixDown(new Float32Array(8).fill(32768), 8)], [32768]);
    assert.deepEqual([...mixDown(Float32Array.of(32767, 32767, -32768, -32768), 2)], [32767, -32768]);
  });

  it('leaves one channel as it is', () => {
    const samples = Float32Array.of(1, 2, 3);
    assert.equal(mixDown(samples, 1), samples);
  });
});
