import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseSocketMessage } from './socket-messages.ts';

const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
const LEG = '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55';

describe('parseSocketMessage', () => {
  describe('takes for the message that opens a leg', () => {
    const opening: readonly [string, string, number][] = [
      ['what Vonage sends', `{"event":"websocket:connected","content-type":"audio/l16;rate=8000"}`, 8000],
      [
        'any order of its keys',
        `{"uuid":"x","content-type":"audio/l16;rate=24000","event":"websocket:connected"}`,
        24000,
      ],
      ['one with a space before it', ` {"event":"websocket:connected","content-type":"audio/l16;rate=16000"}`, 16000],
      [
        'one over several lines',
        `{\r\n"event": "websocket:connected",\n"content-type": "audio/l16;rate=16000"\n}\n`,
        16000,
      ],
      ['the old form without an event', `{"content-type":"audio/l16;rate=8000"}`, 8000],
      ['one without a content-type, at 16 kHz', `{"event":"websocket:connected"}`, 16000],
      ['other case and spaces in the content-type', `{"content-type":"Audio/L16; Rate=24000"}`, 24000],
      ['one with headers that are objects', `{"content-type":"audio/l16;rate=8000","a":{"b":[1]}}`, 8000],
    ];
    for (const [title, text, sampleRateHz] of opening) {
      it(title, () => {
        const message = parseSocketMessage(text);
        assert.equal(message.kind, 'connected');
        assert.equal(message.format.sampleRateHz, sampleRateHz);
        assert.equal(message.format.bytesPerFrame, sampleRateHz / 25);
      });
    }
  });

  it('reads the ids that the NCCO gave, from the top level', () => {
    const headers = { conversation_uuid: CONVERSATION, uuid: LEG };
    const message = parseSocketMessage(JSON.stringify({ 'content-type': 'audio/l16;rate=8000', ...headers }));
    assert.equal(message.kind, 'connected');
    assert.deepEqual(message.identity, { conversationUuid: CONVERSATION, legUuid: LEG });
  });

  it('opens a leg without ids where they are none, and where they are missing', () => {
    for (const headers of [{}, { uuid: 7, conversation_uuid: null }, { uuid: 'a b', conversation_uuid: '' }]) {
      const message = parseSocketMessage(JSON.stringify({ event: 'websocket:connected', ...headers }));
      assert.equal(message.kind, 'connected');
      assert.deepEqual(message.identity, { conversationUuid: undefined, legUuid: undefined });
    }
  });

  it('does not let __proto__ speak for the message', () => {
    const hostile = `{"__proto__":{"event":"websocket:connected","content-type":"audio/l16;rate=8000"}}`;
    assert.equal(parseSocketMessage(hostile).kind, 'other');
    const besides = `{"event":"websocket:connected","__proto__":{"content-type":"audio/l16;rate=8000","uuid":"x"}}`;
    const message = parseSocketMessage(besides);
    assert.equal(message.kind, 'connected');
    assert.equal(message.format.sampleRateHz, 16000);
    assert.equal(message.identity.legUuid, undefined);
    assert.equal(({} as { event?: unknown }).event, undefined);
  });

  describe('refuses the format', () => {
    const types = [
      'audio/l16;rate=44100',
      'audio/l16',
      'audio/pcmu;rate=8000',
      'audio/l16;rate=16000;x=1',
      '',
      5,
      null,
      {},
    ];
    for (const type of types) {
      it(`of ${JSON.stringify(type)}, and still says whose leg it is`, () => {
        const text = JSON.stringify({ event: 'websocket:connected', 'content-type': type, uuid: LEG });
        const message = parseSocketMessage(text);
        assert.equal(message.kind, 'unsupported-format');
        assert.equal(message.identity.legUuid, LEG);
      });
    }
  });

  describe('dtmf', () => {
    it('is each of the twelve keys', () => {
      for (const digit of '0123456789*#') {
        const text = JSON.stringify({ event: 'websocket:dtmf', digit, duration: 240 });
        assert.deepEqual(parseSocketMessage(text), { kind: 'dtmf', key: { digit, durationMs: 240 } });
      }
    });

    it('may be nested', () => {
      const text = `{"event":"websocket:dtmf","dtmf":{"digit":"#","duration":80}}`;
      assert.deepEqual(parseSocketMessage(text), { kind: 'dtmf', key: { digit: '#', durationMs: 80 } });
    });

    it('was held for no time where there is none that could be', () => {
      for (const duration of ['', '"240"', '-1', '1e999', 'null', '{}']) {
        const text = `{"event":"websocket:dtmf","digit":"1"${duration && `,"duration":${duration}`}}`;
        assert.deepEqual(parseSocketMessage(text), { kind: 'dtmf', key: { digit: '1', durationMs: 0 } });
      }
    });

    const others = [
      '{}',
      '{"digit":""}',
      '{"digit":"10"}',
      '{"digit":"A"}',
      '{"digit":7}',
      '{"dtmf":null}',
      '{"dtmf":"1"}',
    ];
    for (const other of others) {
      it(`is not ${other}`, () => {
        const text = JSON.stringify({ event: 'websocket:dtmf', ...JSON.parse(other) });
        assert.equal(parseSocketMessage(text).kind, 'other');
      });
    }
  });

  describe('ignores', () => {
    const ignored = [
      '',
      'hello',
      '{',
      'null',
      '7',
      '"websocket:connected"',
      '[{"event":"websocket:connected"}]',
      '{}',
      '{"event":"websocket:hangup","content-type":"audio/l16;rate=8000"}',
      '{"action":"clear"}',
      '\u0000\uffff',
    ];
    for (const text of ignored) {
      it(JSON.stringify(text), () => assert.deepEqual(parseSocketMessage(text), { kind: 'other' }));
    }
  });

  it('knows the answers to clear and notify, the payload being whatever it is', () => {
    assert.deepEqual(parseSocketMessage('{"event":"websocket:cleared"}'), { kind: 'cleared' });
    const notify = parseSocketMessage(
      '{"event":"websocket:notify","payload":{"content-type":"audio/l16;rate=8000"},"content-type":"x"}',
    );
    assert.deepEqual(notify, { kind: 'notify', payload: { 'content-type': 'audio/l16;rate=8000' } });
    assert.deepEqual(parseSocketMessage('{"event":"websocket:notify"}'), { kind: 'notify', payload: undefined });
  });

  it('gives the handler, and all headers of the NCCO, and nothing else', () => {
    const message = parseSocketMessage(
      '{"event":"websocket:connected","content-type":"audio/l16;rate=8000","handler":"menu","tier":{"a":1},"__proto__":{"b":2}}',
    );
    assert.equal(message.kind, 'connected');
    assert.equal(message.handler, 'menu');
    assert.deepEqual(Object.keys(message.headers).sort(), ['__proto__', 'handler', 'tier']);
    assert.equal((message.headers as { b?: unknown }).b, undefined);
    const without = parseSocketMessage('{"event":"websocket:connected"}');
    assert.equal(without.kind === 'connected' && without.handler, undefined);
  });

  it('never throws, whatever the text', () => {
    const kinds = new Set(['connected', 'unsupported-format', 'dtmf', 'cleared', 'notify', 'other']);
    const key = fc.constantFrom(
      'event',
      'content-type',
      'digit',
      'dtmf',
      'uuid',
      'conversation_uuid',
      '__proto__',
      'toString',
    );
    const value = fc.oneof(
      fc.constantFrom('websocket:connected', 'websocket:dtmf', 'websocket:notify', 'audio/l16;rate=8000', '7'),
      fc.jsonValue(),
    );
    const nearMiss = fc
      .array(fc.tuple(key, value))
      .map((entries) => `{${entries.map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of)}`).join(',')}}`);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), nearMiss), (text) => {
        assert.ok(kinds.has(parseSocketMessage(text).kind));
      }),
      { numRuns: 500 },
    );
  });
});
