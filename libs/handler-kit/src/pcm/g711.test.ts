import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALAW_SAMPLES, MULAW_SAMPLES } from './g711.ts';

const at = (table: Int16Array, ...codes: number[]) => codes.map((code) => table[code]);

describe('the tables of G.711', () => {
  it('give the values of the recommendation for µ-law, on both sides of zero', () => {
    assert.deepEqual(at(MULAW_SAMPLES, 0x00, 0x80, 0x7f, 0xff), [-32124, 32124, 0, 0]);
    assert.deepEqual(at(MULAW_SAMPLES, 0xfe, 0x7e, 0xf0, 0xef, 0x8f), [8, -8, 120, 132, 16764]);
  });

  it('give the values of the recommendation for A-law, on both sides of zero', () => {
    assert.deepEqual(at(ALAW_SAMPLES, 0xd5, 0x55, 0xaa, 0x2a), [8, -8, 32256, -32256]);
    assert.deepEqual(at(ALAW_SAMPLES, 0xd4, 0xda, 0xc5, 0x80), [24, 248, 264, 5504]);
  });

  it('hold every magnitude twice, with either sign', () => {
    for (const table of [MULAW_SAMPLES, ALAW_SAMPLES]) {
      for (let code = 0; code < 128; code++) assert.equal(table[code], -(table[code + 128] as number) + 0);
    }
  });
});
