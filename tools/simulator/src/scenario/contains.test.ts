import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contains } from './contains.ts';

describe('contains', () => {
  for (const [value, part, expected] of [
    [{ a: 1, b: 2 }, { a: 1 }, true],
    [{ a: '1' }, { a: 1 }, true],
    [{ a: true }, { a: 'true' }, true],
    [{ a: { b: 1, c: 2 } }, { a: { c: 2 } }, true],
    [{ a: { b: 1 } }, { a: { c: 2 } }, false],
    [{ a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }, true],
    [{ a: [1, 2] }, { a: [1] }, false],
    [{ a: null }, { a: null }, true],
    [{}, { a: null }, false],
    [{ a: {} }, { a: '[object Object]' }, false],
    [[], {}, true],
    ['text', { a: 1 }, false],
    [undefined, { a: 1 }, false],
    [{}, { toString: 'x' }, false],
  ] as const) {
    it(`says ${expected} of ${JSON.stringify(part)} in ${JSON.stringify(value)}`, () => {
      assert.equal(contains(value, part), expected);
    });
  }
});
