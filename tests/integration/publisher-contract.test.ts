import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { callEventMessage } from '@kodama/events/call-event-publisher';
import { JetStreamPublisher } from '@kodama/events/jetstream-publisher';
import { publisherContract } from '@kodama/events/testing';
import { memoryLogger } from '@kodama/shared/testing';
import { toCallEvent } from '@kodama/shared/voice';
import { connect, DiscardPolicy, type JetStreamManager, type NatsConnection, nanos, StorageType } from 'nats';
import { type Nats, startNats } from '../support/containers.ts';
import { until } from '../support/wait.ts';

const STREAM = 'CALLS';
const limits = {
  name: STREAM,
  maxAgeMs: 3_600_000,
  maxBytes: 16 * 1024 * 1024,
  duplicateWindowMs: 60_000,
  replicas: 1,
};

let nats: Nats;
let connection: NatsConnection;
let streams: JetStreamManager['streams'];

before(async () => {
  nats = await startNats();
  connection = await connect({ servers: nats.url.replace('nats://', '') });
  streams = (await connection.jetstreamManager()).streams;
});

after(async () => {
  await connection?.close();
  await nats?.[Symbol.asyncDispose]();
});

/** A publisher that is connected, on a server that has no stream but the one that the publisher makes. */
async function startPublisher(t: TestContext, options: Partial<typeof limits> = {}): Promise<JetStreamPublisher> {
  for await (const { config } of streams.list()) await streams.delete(config.name);
  return joinPublisher(t, options);
}

async function joinPublisher(t: TestContext, options: Partial<typeof limits> = {}): Promise<JetStreamPublisher> {
  const publisher = new JetStreamPublisher(
    { urls: [nats.url], publishTimeoutMs: 2000, limits: { ...limits, ...options } },
    memoryLogger().logger,
  );
  t.after(() => publisher.close());
  await until(() => publisher.check().then(() => true), { what: 'the publisher to be connected' });
  return publisher;
}

async function stored() {
  const { state } = await streams.info(STREAM);
  const sequences = Array.from({ length: state.messages }, (_, i) => state.first_seq + i);
  return Promise.all(
    sequences.map(async (sequence) => {
      const { subject, header, data } = await streams.getMessage(STREAM, { seq: sequence });
      return { sequence, subject, headers: header, body: data };
    }),
  );
}

publisherContract('the JetStream publisher', async (t) => ({ publisher: await startPublisher(t), stored }));

const event = (n: number, size = 0) => {
  const fields = { reason: `number ${n}`, filler: 'x'.repeat(size) };
  const body = Buffer.from(JSON.stringify(fields));
  return callEventMessage({ event: toCallEvent(fields), body, receivedAt: new Date() });
};

describe('the stream of call events', () => {
  it('is made as configured, in files, and gives up nothing kept for what is new', async (t) => {
    await startPublisher(t);
    const { config } = await streams.info(STREAM);
    assert.deepEqual(config.subjects, ['calls.>']);
    assert.equal(config.storage, StorageType.File);
    assert.equal(config.discard, DiscardPolicy.New);
    assert.equal(config.max_age, nanos(limits.maxAgeMs));
    assert.equal(config.max_bytes, limits.maxBytes);
    assert.equal(config.duplicate_window, nanos(limits.duplicateWindowMs));
    assert.equal(config.num_replicas, 1);
  });

  it('is given new limits, and keeps its events', async (t) => {
    const publisher = await startPublisher(t);
    await publisher.publish(event(1));
    const other = await joinPublisher(t, { maxAgeMs: 7_200_000, maxBytes: 32 * 1024 * 1024 });
    const { config, state } = await streams.info(STREAM);
    assert.equal(config.max_age, nanos(7_200_000));
    assert.equal(config.max_bytes, 32 * 1024 * 1024);
    assert.equal(state.messages, 1);
    assert.deepEqual(await other.publish(event(1)), { sequence: 1, duplicate: true });
  });

  it('is made again where it was deleted under a publisher that is connected', async (t) => {
    const publisher = await startPublisher(t);
    await publisher.publish(event(1));
    await streams.delete(STREAM);
    const receipts = await Promise.all([2, 3, 4].map((n) => publisher.publish(event(n))));
    assert.deepEqual(receipts.map(({ sequence }) => sequence).sort(), [1, 2, 3]);
  });

  it('is made again by a readiness check', async (t) => {
    const publisher = await startPublisher(t);
    await streams.delete(STREAM);
    await publisher.check();
    assert.equal((await streams.info(STREAM)).state.messages, 0);
  });

  it('refuses what is new when it is full, and keeps what it has', async (t) => {
    const publisher = await startPublisher(t, { maxBytes: 100_000 });
    await publisher.publish(event(1, 60_000));
    await assert.rejects(publisher.publish(event(2, 60_000)), { code: 'STREAM_FULL' });
    assert.deepEqual(await publisher.publish(event(3)), { sequence: 2, duplicate: false });
    const [first] = await stored();
    assert.equal(JSON.parse(Buffer.from(first?.body ?? []).toString()).reason, 'number 1');
  });

  it('is unavailable where another stream has its subjects, and says so at once', async (t) => {
    const publisher = await startPublisher(t);
    await streams.delete(STREAM);
    await streams.add({ name: 'OTHER', subjects: ['calls.>'] });
    const before = performance.now();
    await assert.rejects(publisher.publish(event(1)), { code: 'STREAM_UNAVAILABLE' });
    assert.ok(performance.now() - before < 1000);
    await assert.rejects(publisher.check());
    await streams.delete('OTHER');
    assert.deepEqual(await publisher.publish(event(1)), { sequence: 1, duplicate: false });
  });
});

describe('a publisher whose user may not publish events', () => {
  it('refuses each at once, with the reason in the cause', async (t) => {
    await using closed = await startNats({
      config:
        'authorization { users: [{ user: events, password: secret, permissions: { publish: { deny: "calls.>" } } }] }',
    });
    const url = closed.url.replace('nats://', 'nats://events:secret@');
    const publisher = new JetStreamPublisher({ urls: [url], publishTimeoutMs: 5000, limits }, memoryLogger().logger);
    t.after(() => publisher.close());
    await until(() => publisher.check().then(() => true), { what: 'the publisher to be connected' });
    const began = performance.now();
    await Promise.all(
      [1, 2].map((n) =>
        assert.rejects(publisher.publish(event(n)), (error: Error & { code: string }) => {
          assert.equal(error.code, 'STREAM_UNAVAILABLE');
          assert.match(String(error.cause), /no permission to publish to calls\./);
          return true;
        }),
      ),
    );
    assert.ok(performance.now() - began < 2500, 'long before the timeout');
  });
});

describe('a publisher that is closed', () => {
  it('lets what is under way be acknowledged, and takes nothing more', async (t) => {
    const publisher = await startPublisher(t);
    const underWay = Promise.all([1, 2, 3].map((n) => publisher.publish(event(n))));
    await publisher.close();
    assert.equal((await underWay).length, 3);
    await assert.rejects(publisher.publish(event(4)), { code: 'NATS_NOT_CONNECTED' });
  });
});
