import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Dtmf, defineHandler } from '@kodama/handler-kit';
import { OPCODE, RawPeer } from '@kodama/media-gateway/testing';
import {
  audioFormat,
  contentTypeOf,
  DEFAULT_SAMPLE_RATE_HZ,
  HANDLER_NAME,
  parseConversationUuid,
  parseLegUuid,
  SAMPLE_RATES_HZ,
  toSocketHeaders,
} from '@kodama/shared/voice';
import fc from 'fast-check';
import { startDocumentedApps } from './documented-apps.ts';
import { ApiDocument, pointer } from './documents.ts';
import { until } from './wait.ts';

const document = new ApiDocument('docs/asyncapi.yaml', 'draft-07');
const { messages } = document.content.components;

/** The documented example of a message, which fits its own schema. */
function example(name: string): Record<string, unknown> {
  const [{ payload }] = messages[name].examples;
  document.check(pointer('components', 'messages', name, 'payload'))(payload);
  return payload;
}

describe('the socket in docs/asyncapi.yaml', () => {
  it('has the frames, the formats and the names that the code has', () => {
    const sizes = SAMPLE_RATES_HZ.map((rate) => [String(rate), audioFormat(rate).bytesPerFrame]);
    assert.deepEqual(messages.socketAudio.payload['x-bytes-per-frame'], Object.fromEntries(sizes));
    const { properties } = messages.socketConnected.payload;
    assert.deepEqual(
      properties['content-type'].enum,
      SAMPLE_RATES_HZ.map((rate) => contentTypeOf(audioFormat(rate))),
    );
    assert.equal(properties['content-type'].default, contentTypeOf(audioFormat(DEFAULT_SAMPLE_RATE_HZ)));
    assert.equal(properties.handler.pattern, HANDLER_NAME.source);
    const [conversationUuid, legUuid] = [parseConversationUuid('CON-1'), parseLegUuid('leg')];
    const ours = Object.keys(toSocketHeaders({ conversationUuid, legUuid }, 'echo'));
    assert.deepEqual(Object.keys(properties), ['event', 'content-type', ...ours]);
  });

  it('has ids as the code takes them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ minLength: 120, maxLength: 140 })), (id) => {
        assert.equal(document.fits('#/components/schemas/CallId', id), parseLegUuid(id) !== undefined, id);
      }),
    );
  });

  it('hears and says what is documented', async () => {
    const heard: unknown[] = [];
    const witness = defineHandler({
      name: 'witness',
      async onStart({ out, format, conversationUuid, legUuid }) {
        heard.push({ format, conversationUuid, legUuid });
        heard.push(await out.play(Buffer.alloc(format.bytesPerFrame)));
      },
      onDtmf({ out, format }, key: Dtmf) {
        heard.push(key);
        out.write(Buffer.alloc(50 * format.bytesPerFrame));
        out.clear();
      },
      onText: (_call, text) => void heard.push(text),
    });
    await using apps = await startDocumentedApps({ handlers: [witness] });
    const peer = await RawPeer.connect(apps.gatewayPort);
    const say = (name: string, more = {}) => peer.send(OPCODE.TEXT, JSON.stringify({ ...example(name), ...more }));
    const texts = () =>
      peer.frames.filter(({ opcode }) => opcode === OPCODE.TEXT).map(({ payload }) => payload.toString());

    say('socketConnected', { handler: 'witness' });
    const { conversation_uuid: conversationUuid, uuid: legUuid } = example('socketConnected');
    await until(() => texts().length === 1, { what: 'the mark' });
    assert.deepEqual(heard, [{ format: audioFormat(16000), conversationUuid, legUuid }]);
    assert.deepEqual(
      peer.binary.map(({ length }) => length),
      [640],
    );
    document.check('#/components/messages/socketMark/payload')(JSON.parse(String(texts()[0])));
    assert.deepEqual(JSON.parse(String(texts()[0])), example('socketMark'));

    say('socketMarked');
    await until(() => heard.length === 2, { what: 'the end of what was played' });
    assert.equal(heard[1], 'played');

    say('socketDtmf');
    await until(() => texts().length === 2, { what: 'the clear' });
    assert.deepEqual(heard[2], { digit: '7', durationMs: 240 });
    assert.deepEqual(JSON.parse(String(texts()[1])), example('socketClear'));

    // It is of the protocol, so the handler is not told of it as of a text that is not.
    say('socketCleared');
    peer.send(OPCODE.TEXT, '{"event":"websocket:levitated"}');
    await until(() => heard.length > 3, { what: 'the text' });
    assert.deepEqual(heard.slice(3), ['{"event":"websocket:levitated"}']);
    peer.socket.destroy();
  });

  it('has every message in the one direction or in the other, or in both', () => {
    const { hearCall, speakToCall } = document.content.operations;
    const named = ({ messages: listed }: { messages: { $ref: string }[] }) =>
      listed.map(({ $ref }) => String($ref.split('/').at(-1)));
    assert.deepEqual(
      [...new Set([...named(hearCall), ...named(speakToCall)])].sort(),
      Object.keys(document.content.channels.socket.messages).sort(),
    );
    assert.deepEqual(
      named(hearCall).filter((name) => named(speakToCall).includes(name)),
      ['audio'],
    );
  });
});
