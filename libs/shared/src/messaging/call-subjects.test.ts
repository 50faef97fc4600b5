import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CALL_EVENT_KINDS, toCallEvent } from '../voice/call-event.ts';
import { callMessageId, callSubject, subjectToken } from './call-subjects.ts';

const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
const LEG = '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55';
const answered = {
  uuid: LEG,
  conversation_uuid: CONVERSATION,
  status: 'answered',
  timestamp: '2026-03-04T10:11:12.345Z',
};

/** Any text at all, often with what means something in a subject; lone surrogates too, which JSON can bring. */
const anyId = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('.', '*', '>', ' ', '%', '~', ':', '\r', '\n', '\0', 'a', 'é', '\ud800', '\udc00'),
  }),
  fc.string({ minLength: 100, maxLength: 400 }),
  fc.constantFrom('none', '%6Eone', 'None', '~', 'a'.repeat(128), 'a'.repeat(129)),
);

describe('the subject of an event', () => {
  it("has Vonage's own ids as they are", () => {
    assert.equal(callSubject(toCallEvent(answered)), `calls.${CONVERSATION}.${LEG}.answered`);
  });

  it('says none for an id that is missing', () => {
    assert.equal(callSubject(toCallEvent({})), 'calls.none.none.unknown');
    assert.equal(
      callSubject(toCallEvent({ reason: 'x', conversation_uuid: CONVERSATION })),
      `calls.${CONVERSATION}.none.error`,
    );
  });

  it('encodes what would be a token or a wildcard', () => {
    assert.equal(subjectToken('a.*>b ~é'), 'a%2E%2A%3Eb%20%7E%C3%A9');
  });

  it('spells an id out up to 128 characters, and hashes a longer one', () => {
    assert.equal(subjectToken('x'.repeat(128)), 'x'.repeat(128));
    assert.match(subjectToken('x'.repeat(129)), /^~[0-9a-f]{64}$/);
    assert.match(subjectToken('é'.repeat(30)), /^~[0-9a-f]{64}$/);
  });

  it('has four tokens and no wildcard, whatever the ids', () => {
    fc.assert(
      fc.property(anyId, anyId, (conversation_uuid, uuid) => {
        const subject = callSubject(toCallEvent({ conversation_uuid, uuid, status: 'completed' }));
        assert.match(subject, /^calls(\.[A-Za-z0-9_%~-]{1,128}){2}\.completed$/);
      }),
    );
  });

  it('is another one for another id', () => {
    fc.assert(
      fc.property(fc.option(anyId, { nil: undefined }), fc.option(anyId, { nil: undefined }), (one, other) => {
        assert.equal(subjectToken(one) === subjectToken(other), one === other);
      }),
    );
    const hostile = [undefined, 'none', '%6Eone', 'None', '\ud800', '\udbff', '\ufffd', 'a.b', 'a%2Eb', '~', ''];
    assert.equal(new Set(hostile.map(subjectToken)).size, hostile.length);
  });
});

describe('the message id of an event', () => {
  it('is leg, state and timestamp for the state of a leg', () => {
    assert.equal(callMessageId(toCallEvent(answered)), `${LEG}:answered:2026-03-04T10:11:12.345Z`);
    assert.equal(
      callMessageId(
        toCallEvent({ call_uuid: LEG, status: 'machine', sub_state: 'beep_start', timestamp: '2026-03-04T10:11:12Z' }),
      ),
      `${LEG}:machine:beep_start:2026-03-04T10:11:12Z`,
    );
  });

  it('stays the same when anything else of the state differs', () => {
    assert.equal(callMessageId(toCallEvent({ ...answered, rate: null })), callMessageId(toCallEvent(answered)));
  });

  it('is that of the whole body for all else, and where a state has no leg or no timestamp', () => {
    const { uuid, ...noLeg } = answered;
    const { timestamp, ...noTimestamp } = answered;
    const hash = /:[0-9a-f]{64}$/;
    assert.match(callMessageId(toCallEvent(noLeg)), hash);
    assert.match(callMessageId(toCallEvent(noTimestamp)), hash);
    assert.match(callMessageId(toCallEvent({ ...answered, timestamp: 'yesterday' })), hash);
    assert.match(callMessageId(toCallEvent({ ...answered, status: 'levitating' })), hash);
    assert.match(callMessageId(toCallEvent({ ...answered, transcription_url: 'https://a.example' })), hash);
  });

  it('does not take two transcriptions, recordings or key presses of a leg for one', () => {
    for (const key of ['transcription_url', 'recording_url', 'reason', 'payload', 'dtmf']) {
      const one = { uuid: LEG, timestamp: answered.timestamp, [key]: { digits: '1' } };
      const other = { uuid: LEG, timestamp: answered.timestamp, [key]: { digits: '2' } };
      assert.notEqual(callMessageId(toCallEvent(one)), callMessageId(toCallEvent(other)), key);
    }
  });

  it('does not depend on the order of keys or on white space', () => {
    const one = toCallEvent(JSON.parse('{"reason":"x","conversation_uuid":"CON-1","a":{"b":1,"c":[1,2]}}'));
    const other = toCallEvent(
      JSON.parse('{ "a": { "c": [1, 2], "b": 1 }, "conversation_uuid": "CON-1", "reason": "x" }'),
    );
    assert.equal(callMessageId(one), callMessageId(other));
  });

  it('is the same for two events only if they are', () => {
    const part = fc.oneof(fc.constantFrom(':', 'a', 'a:machine', 'beep_start', '2026-03-04T10:11:12Z'), anyId);
    const body = fc.record(
      {
        uuid: part,
        conversation_uuid: part,
        status: fc.constantFrom('machine', 'human', 'answered', 'levitating'),
        sub_state: part,
        timestamp: fc.oneof(fc.constant('2026-03-04T10:11:12Z'), part),
      },
      { requiredKeys: [] },
    );
    const identity = (fields: Record<string, unknown>) => {
      const { kind, legUuid, timestamp, ...rest } = toCallEvent(fields);
      const state = callMessageId(toCallEvent(fields)).endsWith('Z');
      return JSON.stringify(
        state ? [kind, legUuid, 'subState' in rest ? rest.subState : null, timestamp] : Object.entries(fields).sort(),
      );
    };
    fc.assert(
      fc.property(body, body, (one, other) => {
        const same = callMessageId(toCallEvent(one)) === callMessageId(toCallEvent(other));
        assert.equal(same, identity(one) === identity(other));
      }),
    );
  });

  it('fits into a header, whatever the event', () => {
    fc.assert(
      fc.property(anyId, anyId, fc.constantFrom(...CALL_EVENT_KINDS), (uuid, sub_state, status) => {
        const id = callMessageId(toCallEvent({ uuid, sub_state, status, timestamp: '2026-03-04T10:11:12Z' }));
        assert.match(id, /^[!-~]{1,400}$/);
      }),
    );
  });
});
