import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consumed, streamed } from '../testing/index.ts';
import { readConsumedEvent, type StreamMessage, UnreadableEventError } from './consumed-event.ts';

const fields = { uuid: 'leg-1', conversation_uuid: 'CON-1', status: 'answered', from: '15551230001' };
const ours = streamed(consumed(7, fields));

describe('a message of the stream', () => {
  it('is read as it was published', () => {
    const published = consumed(7, { ...fields, timestamp: '2026-03-04T10:11:12Z' });
    assert.deepEqual(readConsumedEvent(streamed(published)), published);
  });

  it('is read under the kind that it was published with, where that has another name by now', () => {
    assert.equal(readConsumedEvent({ ...ours, subject: 'calls.CON-1.leg-1.unknown' }).event.kind, 'answered');
  });

  const foreign: readonly [string, Partial<StreamMessage>][] = [
    ['has no headers', { headers: undefined }],
    ['has headers of somebody else', { headers: { get: () => '' } }],
    ['is no JSON', { body: Buffer.from('not JSON: 15551230001') }],
    ['is not in UTF-8', { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }],
    ['is no object', { body: Buffer.from('["15551230001"]') }],
    ['is nested too deep', { body: Buffer.from(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`) }],
    ['has the subject of another conversation', { subject: 'calls.CON-2.leg-1.answered' }],
    ['has the subject of another leg', { subject: 'calls.CON-1.leg-2.answered' }],
    ['has a subject that is too short', { subject: 'calls.CON-1.leg-1' }],
    ['has a subject that is too long', { subject: 'calls.CON-1.leg-1.answered.again' }],
  ];
  for (const [what, part] of foreign) {
    it(`is refused where it ${what}, and what is said of it has nothing of it`, () => {
      assert.throws(
        () => readConsumedEvent({ ...ours, ...part }),
        (error) => {
          assert.ok(error instanceof UnreadableEventError);
          assert.doesNotMatch(error.message, /1555|CON-|leg-/);
          return true;
        },
      );
    });
  }
});
