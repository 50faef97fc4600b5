import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CALL_EVENT_KINDS, toCallEvent } from '../voice/call-event.ts';
import { callMessageId } from './call-subjects.ts';
import { cloudEventHeaders, readCloudEvent } from './cloud-events.ts';

const RECEIVED_AT = new Date('2026-03-04T10:11:13.004Z');
const answered = {
  uuid: '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55',
  conversation_uuid: 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10',
  status: 'answered',
  timestamp: '2026-03-04T10:11:12.345678Z',
  from: '15551230001',
};

function read(headers: Readonly<Record<string, string>>) {
  return readCloudEvent({ get: (name) => headers[name] ?? '' });
}

describe('the headers of a message', () => {
  it('are the attributes of CloudEvents 1.0 in binary mode, and nothing of what the event says of people', () => {
    assert.deepEqual(cloudEventHeaders(toCallEvent(answered), RECEIVED_AT), {
      'ce-specversion': '1.0',
      'ce-id': '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55:answered:2026-03-04T10:11:12.345678Z',
      'ce-source': '/vonage/voice',
      'ce-type': 'com.vonage.voice.answered',
      'ce-subject': 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10/0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55',
      'ce-time': '2026-03-04T10:11:12.345678Z',
      'ce-datacontenttype': 'application/json',
      'ce-conversation': 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10',
      'ce-leg': '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55',
      'ce-receivedat': '2026-03-04T10:11:13.004Z',
    });
  });

  it('leave out ids that are not there, and have the time of arrival where the event has none that is one', () => {
    for (const timestamp of [undefined, 'yesterday', '2026-02-30T10:11:12Z', '2026-03-04']) {
      const headers = cloudEventHeaders(toCallEvent({ reason: 'x', timestamp }), RECEIVED_AT);
      assert.equal(headers['ce-time'], '2026-03-04T10:11:13.004Z');
      assert.equal(headers['ce-subject'], 'none/none');
      assert.deepEqual(
        Object.keys(headers).filter((name) => /conversation|leg/.test(name)),
        [],
      );
    }
  });

  it('escape what a header cannot carry, and the sign that escapes', () => {
    const headers = cloudEventHeaders(toCallEvent({ uuid: 'a.b é', status: 'ringing' }), RECEIVED_AT);
    assert.equal(headers['ce-leg'], 'a%252Eb%2520%25C3%25A9');
  });

  it('are read back, whatever the event, and are printable', () => {
    const id = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '%', '"', '\r\nx: y')));
    fc.assert(
      fc.property(id, id, fc.constantFrom(...CALL_EVENT_KINDS), id, (uuid, conversation_uuid, status, timestamp) => {
        const event = toCallEvent({ uuid, conversation_uuid, status, timestamp });
        const headers = cloudEventHeaders(event, RECEIVED_AT);
        for (const [name, value] of Object.entries(headers)) {
          assert.match(name, /^ce-[a-z]+$/);
          assert.match(value, /^[!-~]+$/);
        }
        assert.deepEqual(read(headers), { id: callMessageId(event), kind: event.kind, receivedAt: RECEIVED_AT });
      }),
    );
  });

  it('are not read where they are none of ours', () => {
    const ours = cloudEventHeaders(toCallEvent(answered), RECEIVED_AT);
    assert.notEqual(read(ours), undefined);
    for (const foreign of [
      {},
      { ...ours, 'ce-specversion': '0.3' },
      { ...ours, 'ce-source': '/somebody/else' },
      { ...ours, 'ce-type': 'com.vonage.voice.levitating' },
      { ...ours, 'ce-type': 'com.example.answered' },
      { ...ours, 'ce-id': '' },
      { ...ours, 'ce-id': '%' },
      { ...ours, 'ce-receivedat': 'yesterday' },
    ]) {
      assert.equal(read(foreign), undefined, JSON.stringify(foreign));
    }
  });
});
