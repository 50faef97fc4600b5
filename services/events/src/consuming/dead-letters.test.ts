import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { headers } from 'nats';
import type { DeadLetter } from './dead-letter.ts';
import { deadLetterHeaders, deadLetterSubject } from './dead-letters.ts';

function letter(part: Partial<DeadLetter> = {}): DeadLetter {
  const own = headers();
  own.set('Nats-Msg-Id', 'the first id');
  own.set('Nats-Expected-Stream', 'CALLS');
  own.set('ce-id', 'the first id');
  own.set('traceparent', '00-5b1b0f3e3b0f4f7e9a555f0a6f1e9d10-00f067aa0ba902b7-01');
  own.append('x-two', 'one');
  own.append('x-two', 'other');
  return {
    consumer: 'timelines',
    sequence: 7,
    storedAtNs: 1,
    subject: 'calls.CON-1.leg-1.answered',
    deliveries: 5,
    reason: 'the body is not JSON in UTF-8',
    failedAt: new Date('2026-03-04T10:11:13.000Z'),
    headers: own,
    body: Buffer.from('x'),
    ...part,
  };
}

describe('a dead letter', () => {
  it('has its own headers, and who gave it up, when, why and after how many tries', () => {
    const all = Object.fromEntries([...deadLetterHeaders(letter())]);
    assert.deepEqual(all, {
      'ce-id': ['the first id'],
      traceparent: ['00-5b1b0f3e3b0f4f7e9a555f0a6f1e9d10-00f067aa0ba902b7-01'],
      'x-two': ['one', 'other'],
      'Kodama-Consumer': ['timelines'],
      'Kodama-Sequence': ['7'],
      'Kodama-Subject': ['calls.CON-1.leg-1.answered'],
      'Kodama-Deliveries': ['5'],
      'Kodama-Reason': ['the body is not JSON in UTF-8'],
      'Kodama-Failed-At': ['2026-03-04T10:11:13.000Z'],
    });
  });

  it('has a reason that fits into a header', () => {
    const reason = deadLetterHeaders(letter({ reason: `a\r\nb: é ${'x'.repeat(500)}` })).get('Kodama-Reason');
    assert.match(reason, /^a b: +x+$/);
    assert.equal(reason.length, 200);
  });

  it('needs no headers of its own', () => {
    assert.equal(deadLetterHeaders(letter({ headers: undefined })).get('Kodama-Sequence'), '7');
  });

  for (const [subject, wanted] of [
    ['calls.CON-1.leg-1.answered', 'dead-letters.timelines.CON-1.leg-1.answered'],
    ['calls.CON-1.none.unknown', 'dead-letters.timelines.CON-1.none.unknown'],
    ['calls.CON-1', 'dead-letters.timelines.none.none.unknown'],
    ['calls.a.b.c.d', 'dead-letters.timelines.none.none.unknown'],
    ['calls.a.b.C1', 'dead-letters.timelines.none.none.unknown'],
  ] as const) {
    it(`is filed as ${wanted} where it was ${subject}`, () => {
      assert.equal(deadLetterSubject(letter({ subject })), wanted);
    });
  }
});
