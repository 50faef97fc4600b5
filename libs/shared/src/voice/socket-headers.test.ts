import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_ID_LENGTH, parseConversationUuid, parseLegUuid } from './ids.ts';
import {
  fromSocketHeaders,
  handlerOfSocketHeaders,
  MAX_SOCKET_HEADERS_BYTES,
  toSocketHeaders,
} from './socket-headers.ts';

const LONGEST_NAME = 'h'.repeat(40);

/** Any character that an id may have; of those that JSON might escape, more. */
const unit = fc
  .oneof(
    fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('"', '\\'),
  )
  .filter((character) => parseLegUuid(character) !== undefined);

/** Any id that is taken; many of the longest. */
const id = fc.oneof(
  fc.string({ unit, minLength: 1, maxLength: MAX_ID_LENGTH }),
  fc.string({ unit, minLength: MAX_ID_LENGTH, maxLength: MAX_ID_LENGTH }),
  unit.map((character) => character.repeat(MAX_ID_LENGTH)),
);

describe('socket headers', () => {
  it('bring any two ids from one end to the other', () => {
    fc.assert(
      fc.property(fc.option(id, { nil: undefined }), fc.option(id, { nil: undefined }), (conversation, leg) => {
        const identity = { conversationUuid: parseConversationUuid(conversation), legUuid: parseLegUuid(leg) };
        const firstMessage = JSON.parse(
          JSON.stringify({
            event: 'websocket:connected',
            'content-type': 'audio/l16;rate=16000',
            ...toSocketHeaders(identity, 'menu'),
          }),
        );
        assert.deepEqual(fromSocketHeaders(firstMessage), { conversationUuid: conversation, legUuid: leg });
        assert.equal(handlerOfSocketHeaders(firstMessage), 'menu');
      }),
    );
  });

  it("stay under Vonage's 512 bytes with any two ids that are taken, and the longest name", () => {
    fc.assert(
      fc.property(id, id, (conversation, leg) => {
        const identity = { conversationUuid: parseConversationUuid(conversation), legUuid: parseLegUuid(leg) };
        const headers = toSocketHeaders(identity, LONGEST_NAME);
        assert.ok(Buffer.byteLength(JSON.stringify(headers)) <= MAX_SOCKET_HEADERS_BYTES);
      }),
      { numRuns: 1000 },
    );
  });

  it('have nothing for an id that is missing', () => {
    assert.deepEqual(toSocketHeaders({ conversationUuid: undefined, legUuid: undefined }, 'echo'), { handler: 'echo' });
  });

  it('are read with call_uuid for uuid, and without what cannot be an id', () => {
    assert.equal(fromSocketHeaders({ call_uuid: 'leg' }).legUuid, 'leg');
    assert.equal(fromSocketHeaders({ uuid: 5, call_uuid: 'leg' }).legUuid, 'leg');
    assert.deepEqual(fromSocketHeaders({ uuid: 'a b', conversation_uuid: ['CON-1'] }), {
      conversationUuid: undefined,
      legUuid: undefined,
    });
  });

  it('name a handler, or none, or nothing that could be one', () => {
    assert.equal(handlerOfSocketHeaders({ handler: 'a' }), 'a');
    assert.equal(handlerOfSocketHeaders({ handler: LONGEST_NAME }), LONGEST_NAME);
    for (const handler of [undefined, null]) assert.equal(handlerOfSocketHeaders({ handler }), undefined);
    for (const handler of ['', 'Echo', '1st', '../echo', `${LONGEST_NAME}h`, 5, {}, ['echo']]) {
      assert.equal(handlerOfSocketHeaders({ handler }), '', JSON.stringify(handler));
    }
  });
});
