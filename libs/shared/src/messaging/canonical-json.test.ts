import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';

describe('canonical JSON', () => {
  it('has sorted keys, and no white space', () => {
    assert.equal(
      canonicalJson(JSON.parse('{ "b": [1, {"y": null, "x": "\\u00e9"}, []], "a": {}, "__proto__": true }')),
      '{"__proto__":true,"a":{},"b":[1,{"x":"é","y":null},[]]}',
    );
  });

  it('means what the value meant', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = JSON.parse(text);
        assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is the same for every order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        assert.equal(canonicalJson(reversed), canonicalJson(value));
      }),
    );
  });

  it('copes with what is nested deeper than calls can be', () => {
    const deep = `${'[{"a":'.repeat(30_000)}1${'}]'.repeat(30_000)}`;
    assert.equal(canonicalJson(JSON.parse(deep)), deep);
  });
});
