import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callSubject, cloudEventHeaders } from '@kodama/shared/messaging';
import { toCallEvent } from '@kodama/shared/voice';
import { headers } from 'nats';
import type { ConsumedEvent } from '../consuming/consumed-event.ts';
import { TimelineStoreUnavailableError } from '../consuming/timeline-store-unavailable-error.ts';
import { ConnectionLostError } from './command-error.ts';
import { fromLetters, fromStream, Replay, type ReplayParts } from './replay.ts';
import type { StoredMessage } from './stored-messages.ts';

const CALLER = '447700900123';
const TIME = new Date('2026-11-28T10:00:00Z');

function stored(sequence: number, call: string, more: Readonly<Record<string, string>> = {}): StoredMessage {
  const fields = { conversation_uuid: call, uuid: 'leg', status: 'answered', from: CALLER };
  const event = toCallEvent(fields);
  const all = headers();
  for (const [name, value] of Object.entries({ ...cloudEventHeaders(event, TIME), ...more })) all.set(name, value);
  return { sequence, subject: callSubject(event), headers: all, body: Buffer.from(JSON.stringify(fields)), time: TIME };
}

async function* streamOf(...messages: readonly StoredMessage[]) {
  yield* messages;
}

function replay(handle: (event: ConsumedEvent) => Promise<void>, parts: Partial<ReplayParts> = {}) {
  return new Replay({
    handlers: [{ name: 'timelines', handle }],
    eventOf: fromStream,
    onHandled: undefined,
    note: () => {},
    ...parts,
  });
}

describe('a replay', () => {
  it('gives every event to the handler, those of one call one after the other', async () => {
    const seen: string[] = [];
    const busy = new Set<string | undefined>();
    const some = replay(async ({ sequence, event }) => {
      assert.ok(!busy.has(event.conversationUuid), 'two events of one call at a time');
      busy.add(event.conversationUuid);
      await new Promise((resolve) => setImmediate(resolve));
      busy.delete(event.conversationUuid);
      seen.push(`${event.conversationUuid}/${sequence}`);
    });
    const messages = Array.from({ length: 500 }, (_, i) => stored(i + 1, `CON-${i % 7}`));
    await some.run(streamOf(...messages), messages.length);
    assert.deepEqual(some.summary, { read: 500, handled: 500, failed: 0, reasons: [], stopped: null });
    for (let call = 0; call < 7; call++) {
      const own = seen.filter((text) => text.startsWith(`CON-${call}/`));
      assert.deepEqual(
        own,
        messages.filter((_, i) => i % 7 === call).map(({ sequence }) => `CON-${call}/${sequence}`),
      );
    }
  });

  it('counts what fails by its reason, goes on, and repeats nothing of an event', async () => {
    const some = replay(async ({ sequence }) => {
      if (sequence % 2 === 0) throw new TypeError(`cannot read ${CALLER}`);
    });
    const alien = { ...stored(21, 'CON-1'), headers: undefined };
    await some.run(streamOf(...Array.from({ length: 20 }, (_, i) => stored(i + 1, 'CON-1')), alien), 21);
    assert.equal(
      some.summaryText(),
      '21 read, 10 handled, 11 failed\n' +
        '10 × TypeError (2, 4, 6, 8, 10, …)\n' +
        '1 × the headers are not those of a call event (21)\n',
    );
  });

  it('stops where what it needs is away, or NATS', async () => {
    const some = replay(async ({ sequence }) => {
      if (sequence >= 3) throw new TimelineStoreUnavailableError(new Error('ECONNREFUSED'));
    });
    await some.run(streamOf(...Array.from({ length: 900 }, (_, i) => stored(i + 1, 'CON-1'))), 900);
    assert.deepEqual([some.summary.read, some.summary.handled, some.summary.failed], [3, 2, 1]);
    assert.match(some.summaryText(), /^stopped early: the store of timelines does not answer; /m);

    const lost = replay(async () => {});
    await lost.run(
      (async function* () {
        yield* Array.from({ length: 200 }, (_, i) => stored(i + 1, 'CON-1'));
        throw new ConnectionLostError();
      })(),
      900,
    );
    assert.equal(lost.summary.handled, 200);
    assert.equal(lost.summary.stopped, 'the connection to NATS was lost');
  });

  it('takes a dead letter for the event in it, and for its consumer alone', async () => {
    const letter = (sequence: number, consumer: string) => {
      const own = stored(sequence, 'CON-1', {
        'Kodama-Consumer': consumer,
        'Kodama-Sequence': '42',
        'Kodama-Subject': 'calls.CON-1.leg.answered',
      });
      return { ...own, subject: `dead-letters.${consumer}.CON-1.leg.answered` };
    };
    const seen: (number | string)[] = [];
    const handled: number[] = [];
    const some = replay(async ({ sequence, subject }) => void seen.push(sequence, subject), {
      eventOf: fromLetters,
      onHandled: async ({ sequence }) => void handled.push(sequence),
    });
    await some.run(streamOf(letter(1, 'timelines'), letter(2, 'others')), 2);
    assert.deepEqual(seen, [42, 'calls.CON-1.leg.answered']);
    assert.deepEqual(handled, [1]);
    assert.deepEqual(some.summary.reasons, [{ reason: 'there is no consumer others', count: 1, sequences: [2] }]);
  });
});
