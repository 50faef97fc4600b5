import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { startNats, startNetwork, startToxiproxy } from '../support/containers.ts';
import { inJetStream } from '../support/jetstream.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

/** Within this, Vonage has to have a refusal, ms. */
const REFUSAL_LIMIT_MS = 3000;

interface Outcome {
  readonly status: number;
  readonly code: string | undefined;
  readonly ms: number;
}

/** One of Vonage's events, of a call of its own. */
function newEvent() {
  const trace = randomUUID();
  const conversation = `CON-${trace}`;
  const leg = randomUUID().replaceAll('-', '');
  // Spaces, an escape and a number that JavaScript would write otherwise: the body has to come out as it went in.
  const body = ` {"uuid":"${leg}", "conversation_uuid":"${conversation}",\n "status":"answered", "x":"\\u00e9", "rate":0.00450000,"timestamp":"2026-03-04T10:11:12.345Z"}`;
  return { body, conversation, leg, traceId: trace.replaceAll('-', '') };
}

async function post(events: Service, body: string): Promise<Outcome> {
  const before = performance.now();
  const response = await fetch(`${events.url}/webhooks/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  const ms = performance.now() - before;
  return { status: response.status, code: text === '' ? undefined : JSON.parse(text).error.code, ms };
}

function ready(events: Service): Promise<unknown> {
  return until(async () => (await fetch(`${events.url}/readyz`)).ok, {
    what: 'events to be ready',
    deadlineMs: 20_000,
  });
}

const countIn = (url: string) => inJetStream(url, async ({ streams }) => (await streams.info('CALLS')).state.messages);

describe('events, when NATS', () => {
  it('is there: keeps an event as it came, under its subject, in the trace of its call', async () => {
    await using nats = await startNats();
    await using events = await startService('events', {
      // Spans are made, and go nowhere.
      env: { NATS_URL: nats.url, OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    });
    const { body, conversation, leg, traceId } = newEvent();
    assert.equal((await post(events, body)).status, 204);
    const kept = await inJetStream(nats.url, ({ streams }) => streams.getMessage('CALLS', { seq: 1 }));
    assert.equal(Buffer.from(kept.data).toString(), body);
    assert.equal(kept.subject, `calls.${conversation}.${leg}.answered`);
    assert.equal(kept.header.get('Nats-Msg-Id'), `${leg}:answered:2026-03-04T10:11:12.345Z`);
    assert.equal(kept.header.get('ce-type'), 'com.vonage.voice.answered');
    assert.equal(kept.header.get('Content-Type'), 'application/json');
    assert.match(kept.header.get('traceparent'), new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));

    for (let i = 0; i < 3; i++) assert.equal((await post(events, body)).status, 204);
    assert.equal(await countIn(nats.url), 1);
    assert.equal(await events.stop(), 0);
  });

  it('is away at the start: listens, refuses at once, and serves when NATS comes', async () => {
    await using nats = await startNats();
    await nats.stop();
    await using events = await startService('events', { env: { NATS_URL: nats.url }, waitFor: '/healthz' });
    const { body } = newEvent();
    const refused = await post(events, body);
    assert.deepEqual([refused.status, refused.code], [503, 'NATS_NOT_CONNECTED']);
    assert.ok(refused.ms < 1000, `${refused.ms} ms`);
    assert.equal((await fetch(`${events.url}/readyz`)).status, 503);

    await nats.start();
    await ready(events);
    assert.equal((await post(events, body)).status, 204);
    assert.equal(await countIn(nats.url), 1);
  });

  it('never comes: stops cleanly and quickly all the same', async () => {
    await using nats = await startNats();
    await nats.stop();
    await using events = await startService('events', { env: { NATS_URL: nats.url }, waitFor: '/healthz' });
    const before = performance.now();
    assert.equal(await events.stop(), 0);
    assert.ok(performance.now() - before < 1500);
  });

  for (const end of ['stop', 'kill'] as const) {
    it(`goes down (${end}) and comes back: refuses in between, and has what it had`, async () => {
      await using nats = await startNats();
      await using events = await startService('events', { env: { NATS_URL: nats.url } });
      const kept = newEvent();
      assert.equal((await post(events, kept.body)).status, 204);

      await nats[end]();
      const { body } = newEvent();
      for (let i = 0; i < 3; i++) {
        const refused = await post(events, body);
        assert.deepEqual([refused.status, refused.code], [503, 'NATS_NOT_CONNECTED']);
        assert.ok(refused.ms < REFUSAL_LIMIT_MS, `${refused.ms} ms`);
      }

      await nats.start();
      await ready(events);
      assert.equal(await countIn(nats.url), 1, 'what was refused was not sent later');
      assert.equal((await post(events, body)).status, 204);
      assert.equal((await post(events, kept.body)).status, 204, 'known again after the restart');
      assert.equal(await countIn(nats.url), 2);
      assert.equal(await events.stop(), 0);
    });
  }

  it('falls silent: refuses within three seconds, then at once, and recovers', async () => {
    await using nats = await startNats();
    await using events = await startService('events', { env: { NATS_URL: nats.url } });
    await nats.pause();
    const { body } = newEvent();
    const first = await post(events, body);
    assert.deepEqual([first.status, first.code], [503, 'PUBLISH_TIMEOUT']);
    assert.ok(first.ms < REFUSAL_LIMIT_MS, `${first.ms} ms`);
    await until(async () => (await post(events, body)).code === 'NATS_NOT_CONNECTED', {
      what: 'the silence to be noticed',
      deadlineMs: 8000,
    });
    assert.ok((await post(events, body)).ms < 500);

    await nats.unpause();
    await ready(events);
    assert.equal((await post(events, body)).status, 204);
    assert.equal(await countIn(nats.url), 1);
  });

  it('is slow: refuses within three seconds, and does not keep twice what Vonage sends again', async () => {
    await using network = await startNetwork();
    await using nats = await startNats({ network });
    await using toxiproxy = await startToxiproxy(network);
    const link = await toxiproxy.link('nats', 4222);
    await using events = await startService('events', { env: { NATS_URL: `nats://${link.host}:${link.port}` } });
    await link.slow(2500);
    const { body } = newEvent();
    const refused = await post(events, body);
    assert.deepEqual([refused.status, refused.code], [503, 'PUBLISH_TIMEOUT']);
    assert.ok(refused.ms < REFUSAL_LIMIT_MS, `${refused.ms} ms`);

    await link.heal();
    await until(async () => (await post(events, body)).status === 204, { what: 'the second try to be kept' });
    assert.equal(await countIn(nats.url), 1);
    assert.equal((await events.logged('event published')).duplicate, true);
  });

  it('has several servers: goes on with one that is there', async () => {
    await using one = await startNats();
    await using other = await startNats();
    await one.stop();
    await using events = await startService('events', { env: { NATS_URL: `${one.url},${other.url}` } });
    assert.equal((await post(events, newEvent().body)).status, 204);
    assert.equal(await countIn(other.url), 1);

    await one.start();
    await other.kill();
    await ready(events);
    assert.equal((await post(events, newEvent().body)).status, 204);
    assert.equal(await countIn(one.url), 1);
    assert.equal(await events.stop(), 0);
  });

  it('loses the stream: makes it again with the next event', async () => {
    await using nats = await startNats();
    await using events = await startService('events', { env: { NATS_URL: nats.url } });
    assert.equal((await post(events, newEvent().body)).status, 204);
    await inJetStream(nats.url, ({ streams }) => streams.delete('CALLS'));
    assert.equal((await post(events, newEvent().body)).status, 204);
    assert.equal(await countIn(nats.url), 1);
  });

  it('restarts under load: every event that was answered 204 is in the stream, once', async () => {
    await using nats = await startNats();
    await using events = await startService('events', { env: { NATS_URL: nats.url } });
    const pending = Array.from({ length: 120 }, () => newEvent());
    const sent = [...pending];
    let restarted: Promise<void> | undefined;
    // Ten at a time, each again until it is kept, as a patient Vonage would.
    const sender = async () => {
      for (let next = pending.pop(); next; next = pending.pop()) {
        const { body } = next;
        if (pending.length < 100) restarted ??= nats.kill().then(() => nats.start());
        await until(async () => (await post(events, body)).status === 204, {
          what: 'an event to be kept',
          deadlineMs: 30_000,
          everyMs: 100,
        });
      }
    };
    await Promise.all(Array.from({ length: 10 }, sender));
    await restarted;
    const subjects = await inJetStream(nats.url, async ({ streams }) => {
      const { state } = await streams.info('CALLS', { subjects_filter: '>' });
      return state.subjects ?? {};
    });
    assert.deepEqual(
      new Map(Object.entries(subjects)),
      new Map(sent.map(({ conversation, leg }) => [`calls.${conversation}.${leg}.answered`, 1])),
    );
  });
});
