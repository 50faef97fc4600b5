import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toCallEvent } from '../voice/call-event.ts';
import { type FiledEntry, timelineEntriesOf } from './timeline-entry.ts';
import { storedTimeline, timelineField } from './timeline-keys.ts';

const RECEIVED_AT = new Date('2026-03-04T10:11:13.004Z');

function file(fields: Readonly<Record<string, unknown>>): readonly FiledEntry[] {
  return timelineEntriesOf({ id: 'an id', sequence: 7, event: toCallEvent(fields), receivedAt: RECEIVED_AT });
}

const completed = {
  uuid: 'leg-1',
  conversation_uuid: 'CON-1',
  status: 'completed',
  timestamp: '2026-03-04T10:11:12.345678Z',
  direction: 'inbound',
  duration: '12',
  sip_code: 200,
  detail: 'ok',
  disconnected_by: 'user',
};

describe('what is kept of an event', () => {
  it('is what the timeline needs', () => {
    assert.deepEqual(file(completed), [
      {
        conversation: 'CON-1',
        entry: {
          id: 'an id',
          sequence: 7,
          kind: 'completed',
          leg: 'leg-1',
          at: '2026-03-04T10:11:12.345Z',
          receivedAt: '2026-03-04T10:11:13.004Z',
          direction: 'inbound',
          detail: 'ok',
          sipCode: 200,
          durationSeconds: 12,
          disconnectedBy: 'user',
        },
      },
    ]);
  });

  it('is when it came, where it does not say when it happened', () => {
    for (const timestamp of [undefined, 'yesterday', '2026-02-30T00:00:00Z']) {
      assert.equal(file({ ...completed, timestamp })[0]?.entry.at, '2026-03-04T10:11:13.004Z');
    }
  });

  it('is filed under both conversations of a transfer, each with the way that the leg went', () => {
    const transfer = {
      type: 'transfer',
      uuid: 'leg-1',
      conversation_uuid_from: 'CON-1',
      conversation_uuid_to: 'CON-2',
    };
    assert.deepEqual(
      file(transfer).map(({ conversation, entry }) => [conversation, entry.transferredTo, entry.transferredFrom]),
      [
        ['CON-1', 'CON-2', undefined],
        ['CON-2', undefined, 'CON-1'],
      ],
    );
    const { conversation_uuid_from, ...toAlone } = transfer;
    assert.deepEqual(
      file(toAlone).map(({ conversation }) => conversation),
      ['CON-2'],
    );
  });

  it('is nothing where there is no call to file it under, and a leg alone where that is all there is', () => {
    assert.deepEqual(file({ reason: 'x' }), []);
    assert.deepEqual(
      file({ uuid: 'leg-1', status: 'ringing' }).map(({ conversation }) => conversation),
      [undefined],
    );
  });

  it('has nothing of what callers said, pressed or are called, nor of what was recorded', () => {
    const secret = fc.stringMatching(/^[0-9]{7,15}$/);
    const key = fc.constantFrom(
      'from',
      'to',
      'recording_url',
      'transcription_url',
      'reason',
      'network',
      'detail',
      'direction',
      'disconnected_by',
      'sub_state',
      'duration',
      'sip_code',
      'rate',
      'price',
      'start_time',
      'headers',
      'payload',
      'dtmf',
      'speech',
    );
    const status = fc.constantFrom('completed', 'machine', 'answered', undefined);
    fc.assert(
      fc.property(fc.dictionary(key, secret), secret, status, (leaks, digits, state) => {
        const event = {
          ...completed,
          sip_code: undefined,
          duration: undefined,
          ...leaks,
          status: state,
          ...(leaks.dtmf && { dtmf: { digits } }),
          ...(leaks.payload && { payload: { number: digits } }),
        };
        const kept = JSON.stringify(file(event));
        for (const value of [...Object.values(leaks), digits]) assert.ok(!kept.includes(value), kept);
      }),
    );
  });

  it('takes no other word for one of its own', () => {
    const [filed] = file({
      ...completed,
      detail: 'call +1 555',
      direction: 'sideways',
      disconnected_by: 'bob',
      sip_code: 99,
      duration: -1,
    });
    assert.deepEqual(Object.keys(filed?.entry ?? {}), ['id', 'sequence', 'kind', 'leg', 'at', 'receivedAt']);
  });

  it('is short, and is read back, whatever the ids', () => {
    const id = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ minLength: 100, maxLength: 900 }));
    fc.assert(
      fc.property(id, id, (uuid, conversation_uuid) => {
        const [filed] = file({ ...completed, uuid, conversation_uuid });
        const value = timelineField(filed?.entry as FiledEntry['entry']);
        assert.ok(value.length < 500, value);
        const stored = storedTimeline(filed?.conversation ?? null, { 'an id': value });
        assert.deepEqual(stored?.entries, [filed?.entry]);
        assert.equal(stored?.truncated, false);
        if (!stored?.conversationUuid?.startsWith('~')) assert.equal(stored?.conversationUuid, conversation_uuid);
      }),
    );
  });
});
