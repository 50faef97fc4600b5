import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { fingerprintOf, isHashOf } from './payload-hash.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the hash of a payload', () => {
  it('of a POST is over the bytes as they came', () => {
    const body = Buffer.from('{"status":"started","uuid":"u1"}');
    assert.ok(isHashOf('bc4cb694fb27a7b68a8330ccd7b682c93f5418770385dd2d8992366dc521c11d', { body }));
    assert.ok(!isHashOf('BC4CB694FB27A7B68A8330CCD7B682C93F5418770385DD2D8992366DC521C11D', { body }));
    assert.ok(!isHashOf('', { body }));
  });

  it('of a GET is over its parameters as JSON, in their order', () => {
    const hash = '28609bc83df85fa45996952a03efc8a5ea5d24510f97587b8ec7efe3721ea492';
    assert.ok(isHashOf(hash, { query: 'to=12025550123&from=14155550177&uuid=u1' }));
    assert.ok(isHashOf(hash, { query: 'to=12025550123&from=%31%34155550177&uuid=u1' }));
    assert.ok(!isHashOf(hash, { query: 'from=14155550177&to=12025550123&uuid=u1' }));
  });

  it('of a GET may have names that are numbers, and characters that JSON escapes', () => {
    assert.ok(isHashOf(sha256('{"b":"a c","1":"é\\"\\n","a":""}'), { query: 'b=a+c&1=%C3%A9%22%0A&a' }));
  });

  it('of a GET may be over the query as it stands', () => {
    assert.ok(isHashOf(sha256('to=1&to=2'), { query: 'to=1&to=2' }));
    assert.ok(isHashOf(sha256(''), { query: '' }));
    assert.ok(isHashOf(sha256('{}'), { query: '' }));
    // Express takes the second `?` for a part of the name.
    assert.ok(isHashOf(sha256('{"?uuid":"u1"}'), { query: '?uuid=u1' }));
    assert.ok(!isHashOf(sha256('{"uuid":"u1"}'), { query: '?uuid=u1' }));
    // The hash of a body is none of a query.
    assert.ok(!isHashOf(sha256('{"a":"b&c=d"}'), { query: '{"a":"b&c=d"}' }));
  });

  it('is another one for another payload', () => {
    assert.notEqual(fingerprintOf({ query: 'a=1' }), fingerprintOf({ body: Buffer.from('a=1') }));
    assert.notEqual(fingerprintOf({ query: 'a=1' }), fingerprintOf({ query: 'a=2' }));
  });
});
