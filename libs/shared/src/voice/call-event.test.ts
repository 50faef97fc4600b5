import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CALL_EVENT_KINDS, eventBodyFromQuery, identityOf, isStateEvent, toCallEvent } from './call-event.ts';

const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
const LEG = '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55';
const TIMESTAMP = '2026-03-04T10:11:12.345Z';
const base = {
  from: '14155550177',
  to: '12025550123',
  uuid: LEG,
  conversation_uuid: CONVERSATION,
  timestamp: TIMESTAMP,
};

/** A body of each kind, shaped as in Vonage's webhook reference. */
const bodies: [kind: string, body: Record<string, unknown>][] = [
  ['started', { ...base, status: 'started', direction: 'inbound', headers: {} }],
  ['ringing', { ...base, status: 'ringing', direction: 'inbound', headers: {} }],
  ['answered', { ...base, status: 'answered', start_time: null, rate: null, network: null }],
  ['busy', { ...base, status: 'busy', sip_code: 486 }],
  ['cancelled', { ...base, status: 'cancelled' }],
  ['unanswered', { ...base, status: 'unanswered', detail: 'timeout' }],
  ['timeout', { ...base, status: 'timeout' }],
  ['rejected', { ...base, status: 'rejected', detail: 'declined', sip_code: 603 }],
  ['failed', { ...base, status: 'failed', detail: 'cannot_route', reason: 'no route' }],
  ['completed', { ...base, status: 'completed', duration: '171', price: '0.01282500', disconnected_by: 'user' }],
  ['disconnected', { ...base, to: 'wss://echo.test.example/socket', status: 'disconnected' }],
  ['human', { call_uuid: LEG, conversation_uuid: CONVERSATION, status: 'human', timestamp: TIMESTAMP }],
  ['machine', { call_uuid: LEG, conversation_uuid: CONVERSATION, status: 'machine', sub_state: 'beep_start' }],
  ['record', { recording_url: 'https://a.example/r', recording_uuid: 'r', size: 12, conversation_uuid: CONVERSATION }],
  ['transcription', { transcription_url: 'https://a.example/t', type: 'record', status: 'transcribed' }],
  ['transcription', { transcription_url: 'https://a.example/t', status: 'completed', conversation_uuid: CONVERSATION }],
  ['input', { ...base, speech: { error: 'Speech was not enabled' }, dtmf: { digits: '42', timed_out: false } }],
  ['input', { ...base, speech: { results: [{ text: 'yes', confidence: '0.9' }] } }],
  ['transfer', { conversation_uuid_from: CONVERSATION, conversation_uuid_to: 'CON-2', uuid: LEG, type: 'transfer' }],
  ['notify', { payload: { bar: 'baz' }, conversation_uuid: CONVERSATION }],
  ['error', { reason: 'Syntax error in NCCO.', conversation_uuid: CONVERSATION }],
];

describe('a call event', () => {
  for (const [kind, body] of bodies) {
    it(`is "${kind}" with the keys ${Object.keys(body).join(', ')}`, () => {
      const event = toCallEvent(body);
      assert.equal(event.kind, kind);
      assert.equal(event.fields, body);
    });
  }

  it('has been seen of every kind', () => {
    assert.deepEqual(new Set([...bodies.map(([kind]) => kind), 'unknown']), new Set(CALL_EVENT_KINDS));
  });

  it('is of an unknown kind where Vonage has a new word for a state, whatever else it has', () => {
    assert.equal(toCallEvent({ ...base, status: 'levitating' }).kind, 'unknown');
    assert.equal(toCallEvent({ ...base, status: 'levitating', reason: 'magic' }).kind, 'unknown');
    assert.equal(toCallEvent({ ...base, status: 'Answered' }).kind, 'unknown');
  });

  it('is of an unknown kind where it has the keys of an answer webhook, or none', () => {
    const { timestamp, ...answer } = base;
    assert.equal(toCallEvent(answer).kind, 'unknown');
    assert.equal(toCallEvent({}).kind, 'unknown');
  });

  it('takes keys that are null for missing', () => {
    assert.equal(toCallEvent({ status: null, recording_url: null, reason: null, dtmf: {} }).kind, 'input');
    assert.equal(toCallEvent({ uuid: null, call_uuid: LEG }).legUuid, LEG);
  });

  it('has the ids and the timestamp as they came', () => {
    const { conversationUuid, legUuid, timestamp } = toCallEvent({ ...base, status: 'ringing' });
    assert.deepEqual([conversationUuid, legUuid, timestamp], [CONVERSATION, LEG, TIMESTAMP]);
  });

  it('has the leg of a machine detection from call_uuid, and its sub_state', () => {
    const event = toCallEvent({ call_uuid: LEG, status: 'machine', sub_state: 'beep_timeout' });
    assert.equal(event.legUuid, LEG);
    assert.equal(event.kind === 'machine' && event.subState, 'beep_timeout');
  });

  it('is filed under the conversation that a transferred leg left, and says where it went', () => {
    const event = toCallEvent({ type: 'transfer', conversation_uuid_from: 'CON-1', conversation_uuid_to: 'CON-2' });
    assert.equal(event.conversationUuid, 'CON-1');
    assert.equal(event.kind === 'transfer' && event.toConversationUuid, 'CON-2');
    assert.equal(toCallEvent({ type: 'transfer', conversation_uuid_to: 'CON-2' }).conversationUuid, 'CON-2');
    assert.equal(toCallEvent({ type: 'transfer', conversation_uuid: 'CON-3' }).conversationUuid, 'CON-3');
  });

  it('has types for the documented keys of its kind', () => {
    const event = toCallEvent({ recording_url: 'https://a.example/r', size: 12 });
    assert.ok(event.kind === 'record');
    const url: string | undefined = event.fields.recording_url;
    const size: number | string | undefined = event.fields.size;
    const other: unknown = event.fields.something;
    assert.deepEqual([url, size, other], ['https://a.example/r', 12, undefined]);
    const completed = toCallEvent({ status: 'completed', duration: '171' });
    assert.ok(completed.kind === 'completed');
    const duration: number | string | undefined = completed.fields.duration;
    assert.equal(duration, '171');
  });

  it('keeps strange ids, and leaves them out of what goes into logs', () => {
    const event = toCallEvent({ uuid: 'ü'.repeat(500), conversation_uuid: CONVERSATION });
    assert.equal(event.legUuid, 'ü'.repeat(500));
    assert.deepEqual(identityOf(event), { conversationUuid: CONVERSATION, legUuid: undefined });
  });

  it('comes of its own keys only', () => {
    const event = toCallEvent(JSON.parse('{"__proto__":{"status":"completed","uuid":"x"},"constructor":{"uuid":"y"}}'));
    assert.equal(event.kind, 'unknown');
    assert.equal(event.legUuid, undefined);
    assert.equal(toCallEvent(Object.create({ status: 'completed' })).kind, 'unknown');
  });

  it('comes of any JSON object, and is about a state only where its status is that state', () => {
    const keys = ['status', 'type', 'uuid', 'call_uuid', 'payload', 'reason', 'dtmf', 'recording_url', '__proto__'];
    const hostile = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), fc.jsonValue());
    fc.assert(
      fc.property(hostile, (body) => {
        const event = toCallEvent(JSON.parse(JSON.stringify(body)));
        assert.ok(CALL_EVENT_KINDS.includes(event.kind));
        if (isStateEvent(event)) assert.equal(event.fields.status, event.kind);
        for (const id of [event.conversationUuid, event.legUuid]) assert.ok(id === undefined || id.length > 0);
      }),
    );
  });
});

describe('an event webhook by GET', () => {
  const fieldsOf = (query: string) => JSON.parse(eventBodyFromQuery(query));

  it('has the fields that the body would have had, in the order of the URL', () => {
    const query = new URLSearchParams([
      ['status', 'answered'],
      ['uuid', LEG],
      ['to', 'wss://echo.test.example/socket?a=1&b=2'],
      ['headers', '{"leg":"0d9b6c1e"}'],
      ['sip_code', '200'],
    ]);
    assert.equal(
      eventBodyFromQuery(query.toString()),
      `{"status":"answered","uuid":"${LEG}","to":"wss://echo.test.example/socket?a=1&b=2","headers":{"leg":"0d9b6c1e"},"sip_code":"200"}`,
    );
  });

  it('has dtmf, speech, payload and headers as objects where they are, and else as the text that came', () => {
    assert.deepEqual(fieldsOf('dtmf=%7B%22digits%22%3A%2242%22%7D&speech=[]&payload={broken&headers=null&from={}'), {
      dtmf: { digits: '42' },
      speech: [],
      payload: '{broken',
      headers: 'null',
      from: '{}',
    });
    assert.deepEqual(fieldsOf('dtmf=0042'), { dtmf: '0042' });
    assert.deepEqual(fieldsOf('dtmf=42'), { dtmf: '42' });
  });

  it('has objects spelled as they came, however deep', () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    assert.equal(eventBodyFromQuery(`payload=${deep}`), `{"payload":${deep}}`);
    assert.equal(eventBodyFromQuery('payload={"n": 1.50}'), '{"payload":{"n": 1.50}}');
    assert.equal(eventBodyFromQuery('payload={"a":1}&payload=x'), '{"payload":[{"a":1},"x"]}');
  });

  it('keeps every value of a parameter that is repeated', () => {
    assert.deepEqual(fieldsOf('a=1&b=2&a=3&a='), { a: ['1', '3', ''], b: '2' });
  });

  it('has a parameter called __proto__ as one among others', () => {
    const fields = fieldsOf('__proto__=x&constructor=y&payload={"__proto__":{"status":"completed"}}');
    assert.deepEqual(Object.keys(fields), ['__proto__', 'constructor', 'payload']);
    assert.equal(Object.getPrototypeOf(fields), Object.prototype);
    assert.equal(
      JSON.stringify(fields),
      '{"__proto__":"x","constructor":"y","payload":{"__proto__":{"status":"completed"}}}',
    );
  });

  it('brings every text value from one end to the other', () => {
    const name = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((key) => !['dtmf', 'speech', 'payload', 'headers'].includes(key));
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'grapheme' }), { noNullPrototype: true }), (sent) => {
        const query = new URLSearchParams(Object.entries(sent)).toString();
        assert.deepEqual(fieldsOf(query), sent);
      }),
    );
  });

  it('takes any query at all', () => {
    fc.assert(fc.property(fc.string(), (query) => void fieldsOf(query)));
    assert.deepEqual(fieldsOf(''), {});
    assert.deepEqual(fieldsOf('%&%zz=%ff'), { '%': '', '%zz': '\ufffd' });
  });
});
