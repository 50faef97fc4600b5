import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { AcknowledgedSender } from '@kodama/events/acknowledged-sender';
import {
  type ConnectionOptions,
  connect,
  ErrorCode,
  headers,
  type Msg,
  type NatsConnection,
  type NatsError,
} from 'nats';
import { type Nats, startNats } from '../support/containers.ts';

const STREAM = 'CALLS';
const BODY = Buffer.from('{}');

let nats: Nats;
/** Whoever else is there: makes the stream, and answers in its place. */
let other: NatsConnection;

const connectedTo = ({ url }: Nats, options: ConnectionOptions = {}) =>
  connect({ ...options, servers: url.replace('nats://', ''), reconnect: false });

before(async () => {
  nats = await startNats();
  other = await connectedTo(nats);
  const { streams } = await other.jetstreamManager();
  await streams.add({ name: STREAM, subjects: ['calls.>'] });
});

after(async () => {
  await other?.close();
  await nats?.[Symbol.asyncDispose]();
});

async function sender(t: TestContext, to = nats, options: ConnectionOptions = {}) {
  const connection = await connectedTo(to, options);
  t.after(() => connection.close());
  const made = new AcknowledgedSender(connection, STREAM);
  const send = (subject: string, headersOf: Record<string, string> = {}, forMs = 60_000) => {
    const all = headers();
    for (const [name, value] of Object.entries(headersOf)) all.set(name, value);
    return made.send(subject, BODY, all, performance.now() + forMs);
  };
  return { connection, send };
}

/** Somebody who listens on a subject, and does this with what comes there. */
async function answering(
  t: TestContext,
  subject: string,
  answer: (message: Msg) => void,
): Promise<{ asked: Promise<void> }> {
  const asked = Promise.withResolvers<void>();
  const subscription = other.subscribe(subject, {
    callback: (_error, message) => {
      answer(message);
      asked.resolve();
    },
  });
  await other.flush();
  t.after(() => subscription.unsubscribe());
  return { asked: asked.promise };
}

describe('what is sent to a stream', () => {
  it('is acknowledged to whoever sent it, with its own place, however many are under way', async (t) => {
    const { send } = await sender(t);
    const first = (await send('calls.order.0')).sequence;
    const places = await Promise.all(Array.from({ length: 200 }, (_, n) => send(`calls.order.${n}`)));
    assert.deepEqual(
      places,
      Array.from({ length: 200 }, (_, n) => ({ sequence: first + 1 + n, duplicate: false })),
    );
  });

  it('is a duplicate the second time', async (t) => {
    const { send } = await sender(t);
    const { sequence } = await send('calls.twice', { 'Nats-Msg-Id': 'twice' });
    assert.deepEqual(await send('calls.twice', { 'Nats-Msg-Id': 'twice' }), { sequence, duplicate: true });
  });

  it('is refused in JetStream’s words', async (t) => {
    const { send } = await sender(t);
    await assert.rejects(send('calls.elsewhere', { 'Nats-Expected-Stream': 'ANOTHER' }), (error: NatsError) => {
      assert.deepEqual([error.code, error.api_error?.err_code], ['400', 10060]);
      assert.match(error.message, /expected stream does not match/);
      return true;
    });
  });

  it('is refused at once where nobody has the subject', async (t) => {
    const { send } = await sender(t);
    await assert.rejects(send('nobody.here'), { code: ErrorCode.NoResponders });
  });

  it('is not acknowledged by another stream, nor by what is no acknowledgement', async (t) => {
    const { send } = await sender(t);
    for (const answer of ['{"stream":"ANOTHER","seq":7}', '{"stream":"CALLS"}', 'yes', '[]', 'null', '']) {
      const subject = `strange.${Buffer.from(answer).toString('hex')}x`;
      await answering(t, subject, (message) => message.respond(answer));
      await assert.rejects(send(subject), { code: ErrorCode.JetStreamInvalidAck }, answer);
    }
  });

  it('is not acknowledged by what has no headers that can be read, and the next one is heard all the same', async (t) => {
    const { send } = await sender(t);
    const unreadable = Object.assign(headers(), { encode: () => Buffer.from('NATS/1.0\r\nbad key: v\r\n\r\n') });
    await answering(t, 'unreadable', (message) => message.respond(undefined, { headers: unreadable }));
    await assert.rejects(send('unreadable'), { code: ErrorCode.JetStreamInvalidAck });
    assert.equal((await send('calls.readable')).duplicate, false);
  });

  it('is refused at once, each time, where its acknowledgement may not be heard', async (t) => {
    await using deaf = await startNats({
      config: 'authorization { users: [{ user: a, password: b, permissions: { subscribe: { deny: "_INBOX.>" } } }] }',
    });
    const { send } = await sender(t, deaf, { user: 'a', pass: 'b' });
    for (let n = 0; n < 2; n++) await assert.rejects(send('calls.deaf'), { code: ErrorCode.PermissionsViolation });
  });

  it('fails at once when the connection ends, and nothing can be sent from then on', async (t) => {
    const { connection, send } = await sender(t);
    const { asked } = await answering(t, 'silent', () => {});
    const sent = assert.rejects(send('silent'), { code: ErrorCode.ConnectionClosed });
    await asked;
    await connection.close();
    await sent;
    await assert.rejects(send('calls.late'), { code: ErrorCode.ConnectionClosed });
  });

  it('finds its acknowledgement after others were given up', async (t) => {
    const { send } = await sender(t);
    await answering(t, 'silent', () => {});
    for (let n = 0; n < 3; n++) void send('silent', {}, 0);
    assert.equal((await send('calls.after')).duplicate, false);
  });
});
