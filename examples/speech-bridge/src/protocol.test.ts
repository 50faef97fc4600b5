import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMessage } from './protocol.ts';

const parse = (text: string) => parseMessage(Buffer.from(text));

describe('a text message of the service', () => {
  it('is read, with what it needs', () => {
    assert.deepEqual(parse('{"type":"session.started"}'), { type: 'session.started' });
    assert.deepEqual(parse('{"type":"response.started","responseId":"r-1"}'), {
      type: 'response.started',
      responseId: 'r-1',
    });
  });

  it('may have more keys than we know', () => {
    assert.deepEqual(parse('{"type":"speech.started","atMs":120}'), { type: 'speech.started' });
  });

  it('is nothing where its type is unknown, or what it needs is missing', () => {
    for (const text of [
      '{"type":"transcript","text":"hello"}',
      '{"type":"response.started"}',
      '{"type":"response.finished","responseId":""}',
      '{"type":"response.started","responseId":7}',
      `{"type":"response.started","responseId":"${'r'.repeat(201)}"}`,
    ]) {
      assert.equal(parse(text), undefined, text);
    }
  });

  it('is nothing where it is longer than 4096 bytes', () => {
    const padded = (bytes: number) => '{"type":"speech.started"}'.padEnd(bytes);
    assert.deepEqual(parse(padded(4096)), { type: 'speech.started' });
    assert.equal(parse(padded(4097)), undefined);
  });

  it('is nothing where it is no JSON object, whatever it is', () => {
    assert.equal(parse('null'), undefined);
    assert.equal(parse('[{"type":"speech.started"}]'), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => parseMessage(Buffer.from(bytes)) === undefined),
    );
  });
});
