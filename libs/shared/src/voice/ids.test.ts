import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_ID_LENGTH, parseConversationUuid, parseLegUuid } from './ids.ts';

describe('ids', () => {
  it('takes the ids that Vonage gives, dashed, undashed or of another kind', () => {
    assert.equal(
      parseConversationUuid('CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10'),
      'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10',
    );
    assert.equal(parseLegUuid('6f0f8e1a-77a0-4a86-a6f3-90f2b0f0c001'), '6f0f8e1a-77a0-4a86-a6f3-90f2b0f0c001');
    assert.equal(parseLegUuid('0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55'), '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55');
    assert.equal(parseLegUuid('aaaaaaaa!~'), 'aaaaaaaa!~');
  });

  it('takes 128 characters, and not 129', () => {
    assert.equal(parseLegUuid('x'.repeat(MAX_ID_LENGTH)), 'x'.repeat(128));
    assert.equal(parseLegUuid('x'.repeat(MAX_ID_LENGTH + 1)), undefined);
  });

  it('refuses what has no characters, or a space, a control character or one beyond ASCII', () => {
    for (const value of ['', ' ', 'a b', 'a\nb', 'a\0', 'a\x7f', 'é', 'a\n']) {
      assert.equal(parseConversationUuid(value), undefined, JSON.stringify(value));
    }
  });

  it('refuses what JSON would write as two characters', () => {
    for (const value of ['"', 'a"b', '\\', 'a\\']) assert.equal(parseLegUuid(value), undefined, value);
  });

  it('refuses every other type', () => {
    for (const value of [undefined, null, 5, true, {}, ['a'], Symbol('a')])
      assert.equal(parseLegUuid(value), undefined);
  });

  it('gives back what it takes, unchanged', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const id = parseLegUuid(value);
        assert.ok(id === undefined || (id === value && /^[!#-[\]-~]{1,128}$/.test(value)));
      }),
    );
  });
});
