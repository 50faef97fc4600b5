import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryLogger } from '@kodama/shared/testing';
import { headers } from 'nats';
import { consumed, streamed } from '../testing/index.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type Delivery, EventWorker, pauseAfter } from './event-worker.ts';
import { HandlingError } from './handling-error.ts';
import { Outage } from './outage.ts';
import { TimelineStoreUnavailableError } from './timeline-store-unavailable-error.ts';

const published = consumed(7, { uuid: 'leg-1', conversation_uuid: 'CON-1', status: 'answered', from: '15551230001' });

function setUp({ fail, refuseLetters = false }: { fail?: () => void; refuseLetters?: boolean } = {}) {
  const { logger, lines } = memoryLogger();
  const done: string[] = [];
  const letters: DeadLetter[] = [];
  const stopping = new AbortController();
  const worker = new EventWorker({
    handler: {
      name: 'timelines',
      async handle({ sequence }) {
        done.push(`handle ${sequence}`);
        fail?.();
      },
    },
    maxDeliveries: 3,
    outage: new Outage('timelines', logger),
    logger,
    async writeDeadLetter(letter) {
      done.push('letter');
      if (refuseLetters) throw new Error('no room');
      letters.push(letter);
    },
    around: (_event, _delivery, work) => work(),
  });
  const deliver = (deliveries: number, part: Partial<Delivery> = {}) => {
    const own = headers();
    const { headers: from, ...message } = streamed(published);
    for (const name of ['specversion', 'id', 'source', 'type', 'receivedat'])
      own.set(`ce-${name}`, from.get(`ce-${name}`));
    return worker.work({
      ...message,
      headers: own,
      deliveries,
      storedAtNs: 1,
      signal: stopping.signal,
      ack: () => done.push('ack'),
      nak: (ms) => done.push(`nak ${ms}`),
      term: () => done.push('term'),
      working: () => done.push('working'),
      ...part,
    });
  };
  return { deliver, done, letters, lines, stopping };
}

describe('an event that is delivered', () => {
  it('is acknowledged once it is handled', async () => {
    const { deliver, done } = setUp();
    await deliver(1);
    assert.deepEqual(done, ['handle 7', 'ack']);
  });

  it('comes again after a pause that grows where it cannot be handled, and is given up after its last try', async () => {
    const { deliver, done, letters } = setUp({
      fail: () => {
        throw new HandlingError('does not fit');
      },
    });
    for (const deliveries of [1, 2, 3]) await deliver(deliveries);
    assert.deepEqual(done, ['handle 7', 'nak 500', 'handle 7', 'nak 1000', 'handle 7', 'letter', 'term']);
    const [letter] = letters;
    assert.deepEqual(
      [letter?.consumer, letter?.sequence, letter?.subject, letter?.deliveries, letter?.reason],
      ['timelines', 7, 'calls.CON-1.leg-1.answered', 3, 'does not fit'],
    );
    assert.equal(Buffer.from(letter?.body ?? '').toString(), Buffer.from(published.body).toString());
  });

  it('is given up without another try where all tries before ended with their process', async () => {
    const { deliver, done, letters } = setUp();
    await deliver(7);
    assert.deepEqual(done, ['letter', 'term']);
    assert.equal(letters[0]?.reason, 'delivered 7 times, and never handled to the end');
  });

  it('is tried once more where restarts in an outage have used its tries up', async () => {
    const { deliver, done } = setUp();
    await deliver(6);
    assert.deepEqual(done, ['handle 7', 'ack']);
  });

  it('is not given up before its letter is kept', async () => {
    const { deliver, done } = setUp({ refuseLetters: true });
    await deliver(7);
    await deliver(20);
    assert.deepEqual(done, ['letter', 'nak 32000', 'letter', 'nak 60000']);
  });

  it('is tried as often as any where it cannot be read', async () => {
    const { deliver, done, letters } = setUp();
    const body = Buffer.from('15551230001');
    for (const deliveries of [1, 2, 3]) await deliver(deliveries, { body });
    assert.deepEqual(done, ['nak 500', 'nak 1000', 'letter', 'term']);
    assert.equal(letters[0]?.reason, 'the body is JSON, but not an object');
  });

  it('has nothing of itself in the reason and in the log, whatever the handler throws', async () => {
    const inItsWords = new TypeError('number\n    at 15551230001', { cause: new Error('15551230001') });
    for (const thrown of [new Error('number 15551230001'), inItsWords, '15551230001', undefined]) {
      const { deliver, letters, lines } = setUp({
        fail: () => {
          throw thrown;
        },
      });
      for (const deliveries of [1, 3]) await deliver(deliveries);
      assert.deepEqual([letters.length, lines.length], [1, 2]);
      assert.doesNotMatch(JSON.stringify([letters[0]?.reason, lines]), /1555/);
    }
    const { deliver, lines } = setUp({
      fail: () => {
        throw new HandlingError('does not fit');
      },
    });
    for (const deliveries of [1, 3]) await deliver(deliveries);
    assert.deepEqual(
      lines.map(({ level, conversationUuid, legUuid, sequence }) => [level, conversationUuid, legUuid, sequence]),
      [
        ['warn', 'CON-1', 'leg-1', 7],
        ['error', 'CON-1', 'leg-1', 7],
      ],
    );
    assert.doesNotMatch(JSON.stringify(lines), /1555/);
  });
});

describe('an event, while what it is handled with is away,', () => {
  it('waits and is handled in the end, and the log has two lines of it', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let away = 3;
    const { deliver, done, lines } = setUp({
      fail: () => {
        if (away-- > 0) throw new TimelineStoreUnavailableError(new Error('connection is closed'));
      },
    });
    const work = deliver(3);
    for (let i = 0; i < 4; i++) {
      await new Promise(setImmediate);
      t.mock.timers.tick(500);
    }
    await work;
    assert.deepEqual(done, [...Array(3).fill(['handle 7', 'working']).flat(), 'handle 7', 'ack']);
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['events wait: what they are handled with is away', 'events are handled again'],
    );
  });

  it('is given back at once where the process stops, and is no dead letter for that', async () => {
    const { deliver, done, lines, stopping } = setUp({
      fail: () => {
        throw new TimelineStoreUnavailableError(new Error('connection is closed'));
      },
    });
    const work = deliver(3);
    await new Promise(setImmediate);
    stopping.abort();
    await work;
    assert.deepEqual(done, ['handle 7', 'working', 'handle 7', 'nak 0']);
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['events wait: what they are handled with is away'],
    );
  });
});

describe('the pause before another try', () => {
  it('begins with half a second, doubles, and is a minute at most', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 7, 8, 50, 100].map(pauseAfter),
      [500, 1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000],
    );
  });
});
