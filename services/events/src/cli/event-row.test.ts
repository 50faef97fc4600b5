import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callSubject, cloudEventHeaders } from '@kodama/shared/messaging';
import { toCallEvent } from '@kodama/shared/voice';
import { headers } from 'nats';
import { letterRow, letterText } from './dead-letter-row.ts';
import { eventRow, rowText } from './event-row.ts';
import { printable } from './output.ts';

const RECEIVED = new Date('2026-11-28T10:00:00.123Z');
const STORED = new Date('2026-11-28T10:00:00.125Z');

function message(fields: Readonly<Record<string, unknown>>, withHeaders = true) {
  const event = toCallEvent(fields);
  const all = headers();
  for (const [name, value] of Object.entries(cloudEventHeaders(event, RECEIVED))) all.set(name, value);
  return { sequence: 42, subject: callSubject(event), headers: withHeaders ? all : undefined, time: STORED };
}

const answered = { conversation_uuid: 'CON-1', uuid: 'leg', status: 'answered', from: '447700900000' };

describe('a line about an event', () => {
  it('has what the subject and the headers say', () => {
    const row = eventRow(message(answered));
    assert.deepEqual(row, {
      sequence: 42,
      receivedAt: RECEIVED.toISOString(),
      kind: 'answered',
      conversation: 'CON-1',
      leg: 'leg',
    });
    assert.equal(rowText(row), '    42  2026-11-28T10:00:00.123Z  answered       CON-1  leg');
  });

  it('has a dash for what the event does not have', () => {
    const row = eventRow(message({ reason: 'x' }));
    assert.deepEqual([row.conversation, row.leg], [null, null]);
    assert.equal(rowText(row), '    42  2026-11-28T10:00:00.123Z  error          -  -');
    // An id that is spelled so is one all the same.
    assert.equal(eventRow(message({ ...answered, uuid: 'none' })).leg, '%6Eone');
  });

  it('has the time at which it was stored where no header has another', () => {
    assert.equal(eventRow(message(answered, false)).receivedAt, STORED.toISOString());
  });
});

describe('a line about a dead letter', () => {
  it('is one line, whatever the reason', () => {
    const all = headers();
    const values = {
      Consumer: 'timelines',
      Sequence: '42',
      Subject: 'calls.CON-1.leg.answered',
      Deliveries: '5',
      Reason: 'not \u001b[31mJSON',
      'Failed-At': '2026-11-28T10:05:00.000Z',
    };
    for (const [name, value] of Object.entries(values)) all.set(`Kodama-${name}`, value);
    const row = letterRow({ sequence: 3, headers: all, time: STORED });
    assert.deepEqual(row, {
      sequence: 3,
      failedAt: '2026-11-28T10:05:00.000Z',
      consumer: 'timelines',
      deliveries: 5,
      eventSequence: 42,
      eventSubject: 'calls.CON-1.leg.answered',
      reason: 'not \u001b[31mJSON',
    });
    assert.equal(
      letterText({ ...row, reason: `${row.reason}\n  at x` }),
      '     3  2026-11-28T10:05:00.000Z  timelines  5 tries  42  calls.CON-1.leg.answered  not \\u001b[31mJSON at x',
    );
  });
});

describe('printable text', () => {
  it('has no control characters but tabs and ends of lines', () => {
    assert.equal(
      printable('a\tb\n\u001b]0;x\u0007\u009b31m\r\u007f é'),
      'a\tb\n\\u001b]0;x\\u0007\\u009b31m\\u000d\\u007f é',
    );
  });
});
