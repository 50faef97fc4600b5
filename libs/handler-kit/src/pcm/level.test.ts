import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { levelDbfs } from './level.ts';

const rounded = (samples: Int16Array) => levelDbfs(samples).toFixed(2);

describe('levelDbfs', () => {
  it('is 0 for a square wave at full scale, -3.01 for a sine wave', () => {
    assert.equal(rounded(Int16Array.from({ length: 800 }, (_, i) => (i % 80 < 40 ? 32767 : -32768))), '-0.00');
    assert.equal(rounded(Int16Array.from({ length: 800 }, (_, i) => 32767 * Math.sin((Math.PI * i) / 40))), '-3.01');
  });

  it('is -90.31 for the least there is, and -100 for silence or no samples', () => {
    assert.equal(rounded(new Int16Array(160).fill(1)), '-90.31');
    assert.equal(levelDbfs(new Int16Array(160)), -100);
    assert.equal(levelDbfs(new Int16Array(0)), -100);
  });
});
