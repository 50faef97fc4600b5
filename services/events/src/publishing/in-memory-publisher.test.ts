import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '@kodama/shared/time';
import { toCallEvent } from '@kodama/shared/voice';
import { publisherContract } from '../testing/index.ts';
import { callEventMessage } from './call-event-publisher.ts';
import { InMemoryPublisher } from './in-memory-publisher.ts';

publisherContract('the embedded publisher', async () => {
  const publisher = new InMemoryPublisher();
  return { publisher, stored: async () => publisher.messages };
});

const message = (n: number) => {
  const fields = { reason: `number ${n}` };
  const body = Buffer.from(JSON.stringify(fields));
  return callEventMessage({ event: toCallEvent(fields), body, receivedAt: new Date(0) });
};

describe('the embedded publisher, which forgets,', () => {
  it('keeps the latest messages up to its capacity', async () => {
    const publisher = new InMemoryPublisher({ capacity: 3 });
    for (let n = 1; n <= 5; n++) await publisher.publish(message(n));
    assert.deepEqual(
      publisher.messages.map(({ sequence }) => sequence),
      [3, 4, 5],
    );
  });

  it('remembers no more message ids than messages', async () => {
    const publisher = new InMemoryPublisher({ capacity: 3 });
    for (let n = 1; n <= 4; n++) await publisher.publish(message(n));
    assert.deepEqual(await publisher.publish(message(2)), { sequence: 2, duplicate: true });
    assert.deepEqual(await publisher.publish(message(1)), { sequence: 5, duplicate: false });
  });

  it('knows an event again within the duplicate window, and not after it', async () => {
    const clock = new ManualClock();
    const publisher = new InMemoryPublisher({ duplicateWindowMs: 1000, clock });
    await publisher.publish(message(1));
    clock.advance(999);
    assert.equal((await publisher.publish(message(1))).duplicate, true);
    clock.advance(1);
    assert.deepEqual(await publisher.publish(message(1)), { sequence: 2, duplicate: false });
  });
});
