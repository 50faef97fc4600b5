import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNestedTooDeep } from './nesting.ts';

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

describe('isNestedTooDeep', () => {
  it('allows a hundred levels, and not one more', () => {
    assert.equal(isNestedTooDeep(nested(100)), false);
    assert.equal(isNestedTooDeep(nested(101)), true);
    assert.equal(isNestedTooDeep(JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)), true);
  });

  it('takes what is wide for what it is', () => {
    assert.equal(isNestedTooDeep(Array.from({ length: 10_000 }, () => ({ a: [1] }))), false);
    for (const value of [1, 'text', null, [], {}]) assert.equal(isNestedTooDeep(value), false);
  });
});
