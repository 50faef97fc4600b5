import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bearerToken, SocketTokens } from '@kodama/shared/signing';
import { MAX_SOCKET_HEADERS_BYTES, SAMPLE_RATES_HZ } from '@kodama/shared/voice';
import { toAnswerRequest } from './answer-request.ts';
import { type CallPlan, callNcco } from './call-ncco.ts';
import { byNothing, byToken, byVonage } from './socket-authorization.ts';

const call: CallPlan = {
  greeting: { text: 'Hello.', language: 'en-GB', style: 2 },
  sampleRateHz: 16000,
  handler: 'echo',
  handlersByNumber: new Map([['12025550124', 'menu']]),
  authorize: byNothing,
};
const URI = 'wss://kodama.example.com/socket';

describe('the NCCO of a call', () => {
  it('greets, then connects to the socket, and nothing after that', () => {
    const request = toAnswerRequest({
      to: '12025550123',
      from: '14155550177',
      uuid: 'leg',
      conversation_uuid: 'CON-1',
    });
    assert.deepEqual(callNcco(request, call, URI), [
      { action: 'talk', text: 'Hello.', language: 'en-GB', style: 2 },
      {
        action: 'connect',
        from: '12025550123',
        endpoint: [
          {
            type: 'websocket',
            uri: URI,
            'content-type': 'audio/l16;rate=16000',
            headers: { conversation_uuid: 'CON-1', uuid: 'leg', handler: 'echo' },
          },
        ],
      },
    ]);
  });

  it('asks for each of the sample rates', () => {
    for (const sampleRateHz of SAMPLE_RATES_HZ) {
      const json = JSON.stringify(callNcco(toAnswerRequest({}), { ...call, sampleRateHz }, URI));
      assert.ok(json.includes(`"content-type":"audio/l16;rate=${sampleRateHz}"`));
    }
  });

  it('has the authorization of the call’s socket in it', () => {
    const authorizationOf = (plan: CallPlan) => {
      const [, connect] = callNcco(toAnswerRequest({ uuid: 'leg', conversation_uuid: 'CON-1' }), plan, URI);
      assert.ok(connect?.action === 'connect');
      return connect.endpoint[0].authorization;
    };
    assert.deepEqual(authorizationOf({ ...call, authorize: byVonage }), { type: 'vonage' });
    const tokens = new SocketTokens(['a-secret-of-our-own-0123456789abcdef'], { ttlSeconds: 300, nowMs: Date.now });
    const authorization = authorizationOf({ ...call, authorize: byToken(tokens) });
    assert.ok(authorization?.type === 'custom');
    assert.deepEqual(tokens.accept(bearerToken(authorization.value)).call, {
      conversationUuid: 'CON-1',
      legUuid: 'leg',
    });
  });

  it('has no key for what the webhook did not say', () => {
    const [, connect] = callNcco(toAnswerRequest({}), call, URI);
    assert.ok(connect?.action === 'connect');
    assert.deepEqual(Object.keys(connect), ['action', 'endpoint']);
    assert.deepEqual(connect.endpoint[0].headers, { handler: 'echo' });
  });

  it("keeps Vonage's limit of 512 bytes of headers with the longest ids", () => {
    const id = 'x'.repeat(128);
    const [, connect] = callNcco(toAnswerRequest({ uuid: id, conversation_uuid: id }), call, URI);
    assert.ok(connect?.action === 'connect');
    assert.ok(JSON.stringify(connect.endpoint[0].headers).length <= MAX_SOCKET_HEADERS_BYTES);
  });

  it('names the handler of the number that was dialled, and of any other number the common one', () => {
    const handlerOf = (to?: string) => {
      const [, connect] = callNcco(toAnswerRequest({ to }), call, URI);
      assert.ok(connect?.action === 'connect');
      return connect.endpoint[0].headers.handler;
    };
    assert.equal(handlerOf('12025550124'), 'menu');
    assert.equal(handlerOf('12025550123'), 'echo');
    assert.equal(handlerOf(), 'echo');
  });

  it("does not repeat the caller's number", () => {
    const ncco = callNcco(toAnswerRequest({ from: '14155550177', to: '12025550123' }), call, URI);
    assert.doesNotMatch(JSON.stringify(ncco), /14155550177/);
  });
});
