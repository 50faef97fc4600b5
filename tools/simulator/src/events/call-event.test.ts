import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answered,
  answeredBy,
  type CallEvent,
  collected,
  completed,
  disconnected,
  eventName,
  failure,
  type LegFacts,
  notified,
  recorded,
  statusEvent,
  transcribed,
  transferred,
} from './call-event.ts';

const AT = new Date('2026-03-04T10:14:02.377Z');
const TIMESTAMP = '2026-03-04T10:14:02.377Z';
const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';

const PHONE: LegFacts = {
  uuid: '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55',
  conversationUuid: CONVERSATION,
  direction: 'inbound',
  from: '14155550177',
  to: '12025550123',
  headers: {},
  network: 'US-FIXED',
  ratePerMinute: 0.0045,
};
const SOCKET: LegFacts = {
  ...PHONE,
  uuid: 'b7a1c0de-1111-4c2e-8c55-2f0a9d3b7e01',
  direction: 'outbound',
  to: 'wss://echo.test.example/socket',
  headers: { leg: '0d9b6c1e' },
};
const RECORDING = {
  uuid: 'r1',
  url: 'https://api-us-3.vonage.com/v1/files/r1',
  startedAt: new Date('2026-03-04T10:11:11.900Z'),
  endedAt: new Date('2026-03-04T10:14:02.100Z'),
  bytes: 4000,
};
const NO_INPUT = { dtmf: undefined, speech: undefined };

/** What an SDK makes of an event that it looks at key by key, in this order. */
function kindOf(event: CallEvent): string {
  if (event.status !== undefined) return 'status';
  if (Object.keys(event).sort().join() === 'conversation_uuid,from,to,uuid') return 'answer';
  if (event.type === 'transfer') return 'transfer';
  if (event.recording_url !== undefined) return 'record';
  if (event.reason !== undefined) return 'error';
  if (event.payload !== undefined) return 'notify';
  if (event.speech !== undefined || event.dtmf !== undefined) return 'input';
  return 'unknown';
}

describe('a status event', () => {
  it('has the fields of its leg', () => {
    assert.deepEqual(statusEvent(SOCKET, 'started', AT), {
      headers: { leg: '0d9b6c1e' },
      from: '14155550177',
      to: 'wss://echo.test.example/socket',
      uuid: SOCKET.uuid,
      conversation_uuid: CONVERSATION,
      status: 'started',
      direction: 'outbound',
      timestamp: TIMESTAMP,
    });
  });

  it('has no `from` of a caller who does not show who he is', () => {
    assert.ok(!('from' in statusEvent({ ...PHONE, from: undefined }, 'ringing', AT)));
    assert.ok(!('from' in answeredBy({ ...PHONE, from: undefined }, 'human', AT)));
  });

  it('may have a word of detail', () => {
    const event = statusEvent(PHONE, 'rejected', AT, { detail: 'declined', sip_code: 603 });
    assert.deepEqual(
      [event.status, Reflect.get(event, 'detail'), Reflect.get(event, 'sip_code')],
      ['rejected', 'declined', 603],
    );
  });

  it('answered: with three fields that are null', () => {
    const { start_time, rate, network, ...base } = answered(PHONE, AT);
    assert.deepEqual([start_time, rate, network], [null, null, null]);
    assert.deepEqual(base, statusEvent(PHONE, 'answered', AT));
  });

  it('disconnected: without a direction', () => {
    const { direction: _, ...rest } = statusEvent(SOCKET, 'disconnected', AT);
    assert.deepEqual(disconnected(SOCKET, AT), rest);
  });

  it('completed: times of whole seconds, and texts for duration, rate and price', () => {
    const event = completed(PHONE, new Date('2026-03-04T10:11:11.900Z'), AT, 'user');
    assert.deepEqual(event, {
      ...statusEvent(PHONE, 'completed', AT),
      start_time: '2026-03-04T10:11:11.000Z',
      end_time: '2026-03-04T10:14:02.000Z',
      duration: '171',
      rate: '0.00450000',
      price: '0.01282500',
      network: 'US-FIXED',
      disconnected_by: 'user',
    });
  });

  it('completed within the same second: a duration of 0, at no price', () => {
    const { duration, price } = completed(PHONE, new Date('2026-03-04T10:14:02.001Z'), AT, 'platform');
    assert.deepEqual([duration, price], ['0', '0.00000000']);
  });

  it('human and machine: the id of the leg is `call_uuid`', () => {
    assert.deepEqual(answeredBy(PHONE, 'machine', AT, 'beep_start'), {
      call_uuid: PHONE.uuid,
      from: '14155550177',
      to: '12025550123',
      status: 'machine',
      sub_state: 'beep_start',
      conversation_uuid: CONVERSATION,
      timestamp: TIMESTAMP,
    });
    assert.ok(!('sub_state' in answeredBy(PHONE, 'human', AT)));
  });
});

describe('an event without a status', () => {
  it('record: times without milliseconds', () => {
    assert.deepEqual(recorded(CONVERSATION, RECORDING, AT), {
      start_time: '2026-03-04T10:11:11Z',
      end_time: '2026-03-04T10:14:02Z',
      recording_url: RECORDING.url,
      size: 4000,
      recording_uuid: 'r1',
      conversation_uuid: CONVERSATION,
      timestamp: TIMESTAMP,
    });
  });

  it('input: what was not asked for is there all the same, and the ends are swapped if need be', () => {
    const dtmf = { digits: '42', timed_out: false };
    assert.deepEqual(collected(PHONE, { ...NO_INPUT, dtmf }, true, AT), {
      speech: { error: 'Speech was not enabled' },
      dtmf,
      from: '12025550123',
      to: '14155550177',
      uuid: PHONE.uuid,
      conversation_uuid: CONVERSATION,
      timestamp: TIMESTAMP,
    });
    const speech = { results: [{ text: 'yes', confidence: '0.9' }] };
    const event = collected(PHONE, { ...NO_INPUT, speech }, false, AT);
    assert.deepEqual([event.speech, event.dtmf], [speech, { digits: null, timed_out: false }]);
    assert.deepEqual([event.from, event.to], ['14155550177', '12025550123']);
  });

  it('transfer: both conversations', () => {
    assert.deepEqual(transferred('u1', 'CON-1', 'CON-2', AT), {
      conversation_uuid_from: 'CON-1',
      conversation_uuid_to: 'CON-2',
      type: 'transfer',
      uuid: 'u1',
      timestamp: TIMESTAMP,
    });
  });

  it('notify and error: nothing of a leg', () => {
    const about = { conversation_uuid: CONVERSATION, timestamp: TIMESTAMP };
    assert.deepEqual(notified(CONVERSATION, { mark: 1 }, AT), { payload: { mark: 1 }, ...about });
    assert.deepEqual(failure(CONVERSATION, 'no NCCO', AT), { reason: 'no NCCO', ...about });
  });
});

describe('a transcription event', () => {
  it('says where the text is to be had', () => {
    assert.deepEqual(transcribed(CONVERSATION, RECORDING, AT), {
      conversation_uuid: CONVERSATION,
      type: 'record',
      recording_uuid: 'r1',
      status: 'transcribed',
      transcription_url: 'https://api-us-3.vonage.com/v1/transcriptions/r1',
      timestamp: TIMESTAMP,
    });
  });
});

describe('the kind of an event', () => {
  for (const [event, kind, name] of [
    [statusEvent(PHONE, 'started', AT), 'status', 'started'],
    [answered(PHONE, AT), 'status', 'answered'],
    [disconnected(SOCKET, AT), 'status', 'disconnected'],
    [completed(PHONE, AT, AT, 'user'), 'status', 'completed'],
    [answeredBy(PHONE, 'human', AT), 'status', 'human'],
    [answeredBy(PHONE, 'machine', AT, 'beep_timeout'), 'status', 'machine'],
    [transcribed(CONVERSATION, RECORDING, AT), 'status', 'transcription'],
    [transferred('u1', 'CON-1', 'CON-2', AT), 'transfer', 'transfer'],
    [recorded(CONVERSATION, RECORDING, AT), 'record', 'record'],
    [failure(CONVERSATION, 'no NCCO', AT), 'error', 'error'],
    [notified(CONVERSATION, { reason: 'mine' }, AT), 'notify', 'notify'],
    [collected(PHONE, NO_INPUT, true, AT), 'input', 'input'],
  ] as const) {
    it(`${name} is told by its keys, as SDKs do and as reports name it`, () => {
      assert.deepEqual([kindOf(event), eventName(event)], [kind, name]);
    });
  }
});
