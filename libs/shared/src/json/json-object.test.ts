import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJsonObject } from './json-object.ts';

describe('a JSON object', () => {
  const parse = (text: string) => parseJsonObject(Buffer.from(text));

  it('is read from its bytes', () => {
    assert.deepEqual(parse(' {"a": "\\u00e9é"} '), { a: 'éé' });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { noNullPrototype: true }),
        (value) => {
          const text = JSON.stringify(value);
          // Which keys nobody may send is told below.
          if (!/__proto__|constructor/.test(text)) assert.deepEqual(parse(text), JSON.parse(text));
        },
      ),
    );
  });

  it('is not there where the bytes are no JSON in UTF-8', () => {
    for (const text of ['', ' ', '{', '{}{}', "{'a':1}", '{"a":NaN}', '\ufeff{}', 'undefined']) {
      assert.equal(parse(text), 'not JSON', JSON.stringify(text));
    }
    assert.equal(parseJsonObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 'not JSON');
    assert.equal(parseJsonObject(Buffer.from('{}', 'utf16le')), 'not JSON');
  });

  it('is not there where they are JSON of another kind', () => {
    for (const text of ['[]', '[{}]', 'null', '5', '"{}"', 'true']) assert.equal(parse(text), 'not an object', text);
  });

  it('or a reason is what any bytes give', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseJsonObject(bytes)));
  });

  it('is refused where its keys would change a prototype', () => {
    const refused = { code: 'BODY_FORBIDDEN_KEY', kind: 'bad-request' };
    for (const text of [
      '{"__proto__":{"status":"completed"}}',
      '{"a":[{"__proto__":1}]}',
      '{"\\u005f\\u005fproto__":{}}',
      '{"constructor":{"prototype":{"a":1}}}',
      '{"a":{"b":{"constructor":{"prototype":null}}}}',
    ]) {
      assert.throws(() => parse(text), refused, text);
    }
    assert.deepEqual(parse('{"constructor":"Vonage","prototype":1,"a":"__proto__"}'), {
      constructor: 'Vonage',
      prototype: 1,
      a: '__proto__',
    });
    assert.equal(({} as { status?: unknown }).status, undefined);
  });

  it('is refused where it is nested too deep, before it is parsed', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    assert.notEqual(parse(nested(64)), 'not JSON');
    assert.throws(() => parse(nested(65)), { code: 'BODY_TOO_DEEP', kind: 'bad-request' });
    assert.throws(() => parse('['.repeat(60_000)), { code: 'BODY_TOO_DEEP' });
  });
});
