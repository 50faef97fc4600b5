import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pathOfKey, readPath } from './json-path.ts';

describe('a path', () => {
  it('has a key after a dot, or in brackets where a dot would not do', () => {
    assert.equal(pathOfKey('[1].endpoint[0]', 'content-type'), '[1].endpoint[0].content-type');
    assert.equal(pathOfKey('[0]', 'two words'), '[0]["two words"]');
    assert.equal(pathOfKey('[0]', '0'), '[0]["0"]');
    assert.equal(pathOfKey('[0]', ''), '[0][""]');
  });

  it('is read', () => {
    assert.deepEqual(readPath(''), []);
    assert.deepEqual(readPath('[1].endpoint[0].content-type'), [1, 'endpoint', 0, 'content-type']);
    assert.deepEqual(readPath('[0]["a]\\" b"]'), [0, 'a]" b']);
  });

  it('is read from the line that begins with it', () => {
    assert.deepEqual(readPath('[0].loop: 0 is for ever'), [0, 'loop']);
    assert.deepEqual(readPath('[0]["a: b"]: is not a known key here'), [0, 'a: b']);
  });

  it('is undefined where there is none', () => {
    for (const line of ['a', '[', '[x]', '[0]x', '[0].', '[0].a b', 'the NCCO'])
      assert.equal(readPath(line), undefined);
  });

  it('has any key, and is read as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (key, index) => {
        assert.deepEqual(readPath(pathOfKey(`[${index}]`, key)), [index, key]);
        assert.deepEqual(readPath(`${pathOfKey(`[${index}]`, key)}: a note`), [index, key]);
      }),
    );
  });
});
