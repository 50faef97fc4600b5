import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jsonDepth } from './json-depth.ts';

const depth = (text: string, limit = 1000) => jsonDepth(Buffer.from(text), limit);

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('the depth of a JSON text', () => {
  it('is that of the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(depth(JSON.stringify(value)), depthOf(value));
        assert.equal(depth(JSON.stringify(value, null, ' ')), depthOf(value));
      }),
    );
  });

  it('does not count what is in strings', () => {
    assert.equal(depth('{"a[[[":"{{{\\"[[\\\\"}'), 1);
    assert.equal(depth('["é{\\u005b"]'), 1);
  });

  it('is not counted further than asked', () => {
    assert.equal(depth('['.repeat(60_000), 64), 65);
    assert.equal(depth('['.repeat(64), 64), 64);
  });
});
