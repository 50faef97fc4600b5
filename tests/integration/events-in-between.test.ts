import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { startNats, startNetwork, startToxiproxy } from '../support/containers.ts';
import { inJetStream } from '../support/jetstream.ts';
import { freePort } from '../support/ports.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

// Whatever happens to an event, it ends in one of two ways: acknowledged and kept, or refused with 503 (or no answer at all),
// so that Vonage sends it again.

interface Sent {
  readonly leg: string;
  readonly body: string;
  /** `undefined`: the connection ended without an answer. */
  readonly status: number | undefined;
  readonly code: string | undefined;
}

function bodyOf(leg: string, bytes = 0): string {
  const event = { uuid: leg, status: 'answered', timestamp: new Date().toISOString(), padding: 'x'.repeat(bytes) };
  return JSON.stringify(event);
}

async function post(events: Service, leg: string, body: string): Promise<Sent> {
  try {
    const response = await fetch(`${events.url}/webhooks/event`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    return { leg, body, status: response.status, code: text === '' ? undefined : JSON.parse(text).error.code };
  } catch {
    return { leg, body, status: undefined, code: undefined };
  }
}

/** Leg -> how often it is in the stream. */
const legsIn = (url: string) =>
  inJetStream(url, async ({ streams }) => {
    const { state } = await streams.info('CALLS', { subjects_filter: '>' });
    return new Map(Object.entries(state.subjects ?? {}).map(([subject, count]) => [subject.split('.')[2], count]));
  });

/** All that were acknowledged are there once, and nothing is there twice. */
function assertKept(sent: readonly Sent[], kept: ReadonlyMap<string | undefined, number>): void {
  for (const { leg, status } of sent) if (status === 204) assert.equal(kept.get(leg), 1, leg);
  assert.deepEqual(
    [...kept].filter(([, count]) => count !== 1),
    [],
  );
}

describe('an event is kept or refused', () => {
  it('when NATS has no room for a stream of that size: refused, and not for a full stream', async () => {
    await using nats = await startNats();
    const metricsPort = String(await freePort());
    const metered = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: metricsPort };
    const env = { NATS_URL: nats.url, EVENTS_MAX_BYTES: String(5 * 1024 ** 3), ...metered };
    await using events = await startService('events', { env, waitFor: '/healthz' });
    await until(() => events.complaints.some(({ msg }) => msg?.startsWith('JetStream refuses the stream')), {
      what: 'the line',
    });
    const leg = randomUUID();
    const { status, code } = await post(events, leg, bodyOf(leg));
    assert.deepEqual([status, code], [503, 'STREAM_UNAVAILABLE']);
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    assert.match(metrics, /^kodama_events_refused_total\{.*error_type="STREAM_UNAVAILABLE".*\} 1\b/m);
  });

  it('when the stream reaches its limit: refused from then on, and taken again when there is room', async () => {
    await using nats = await startNats();
    await using events = await startService('events', { env: { NATS_URL: nats.url, EVENTS_MAX_BYTES: '1048576' } });
    const sent: Sent[] = [];
    await until(
      async () => {
        const leg = randomUUID();
        sent.push(await post(events, leg, bodyOf(leg, 50_000)));
        return sent.at(-1)?.status === 503;
      },
      { what: 'the stream to be full', everyMs: 0, deadlineMs: 30_000 },
    );
    assert.equal(sent.at(-1)?.code, 'STREAM_FULL');
    assert.ok(sent.length > 15, `${sent.length} events`);
    assertKept(sent, await legsIn(nats.url));
    assert.equal((await legsIn(nats.url)).size, sent.length - 1, 'the one that was refused is not there');

    await inJetStream(nats.url, ({ streams }) => streams.purge('CALLS', { keep: 1 }));
    const { leg, body } = sent.at(-1) as Sent;
    assert.equal((await post(events, leg, body)).status, 204);
    assert.equal((await legsIn(nats.url)).get(leg), 1);
    // What was acknowledged is known again, though it is gone by somebody's own hand.
    const [first] = sent as [Sent];
    assert.equal((await post(events, first.leg, first.body)).status, 204);
  });

  it('when the disk is full: refused, never acknowledged without being kept', async () => {
    await using nats = await startNats({ dataMegabytes: 12 });
    await using events = await startService('events', { env: { NATS_URL: nats.url } });
    const sent: Sent[] = [];
    await until(
      async () => {
        const legs = Array.from({ length: 8 }, () => randomUUID());
        sent.push(...(await Promise.all(legs.map((leg) => post(events, leg, bodyOf(leg, 60_000))))));
        return sent.slice(-8).every(({ status }) => status !== 204);
      },
      { what: 'the disk to be full', everyMs: 0, deadlineMs: 60_000 },
    );
    const acknowledged = sent.filter(({ status }) => status === 204);
    assert.ok(acknowledged.length > 50, `${acknowledged.length} were kept before`);
    for (const { status, code } of sent) {
      assert.ok(status === 204 || status === 503, String(status));
      if (status === 503) {
        assert.match(code ?? '', /^(STREAM_FULL|STREAM_UNAVAILABLE|PUBLISH_TIMEOUT|NATS_NOT_CONNECTED)$/);
      }
    }
    // A server that cannot write may have to be started again before it answers about its streams.
    const kept = await until(() => legsIn(nats.url), { what: 'the stream', deadlineMs: 20_000 });
    assertKept(sent, kept);
  });

  it('when the service is stopped in the middle of a publish: it waits for the acknowledgement', async () => {
    await using network = await startNetwork();
    await using nats = await startNats({ network });
    await using toxiproxy = await startToxiproxy(network);
    const link = await toxiproxy.link('nats', 4222);
    await using events = await startService('events', { env: { NATS_URL: `nats://${link.host}:${link.port}` } });
    await link.slow(800);
    const legs = Array.from({ length: 20 }, () => randomUUID());
    const under = Promise.all(legs.map((leg) => post(events, leg, bodyOf(leg))));
    await until(async () => (await legsIn(nats.url)).size === legs.length, { what: 'the events to be written' });
    // Written, and the acknowledgements are on their way.
    const exited = events.stop();
    const sent = await under;
    assert.deepEqual([...new Set(sent.map(({ status }) => status))], [204]);
    assert.equal(await exited, 0);
    assertKept(sent, await legsIn(nats.url));
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`when the service is ended under load (${signal}) and started again: sent again, each is there once`, async () => {
      await using nats = await startNats();
      const env = { NATS_URL: nats.url };
      let events = await startService('events', { env });
      const sent: Sent[] = [];
      try {
        const legs = Array.from({ length: 400 }, () => randomUUID());
        const pending = legs.map((leg) => ({ leg, body: bodyOf(leg) }));
        let restarts = 0;
        let restarting: Promise<void> | undefined;
        const restart = async () => {
          await events.stop(signal);
          events = await startService('events', { env });
          restarts += 1;
          restarting = undefined;
        };
        const sender = async () => {
          for (let next = pending.pop(); next; next = pending.pop()) {
            if (pending.length < 300 - 100 * restarts && restarts < 2) restarting ??= restart();
            const result = await post(events, next.leg, next.body);
            sent.push(result);
            if (result.status === 204) continue;
            // As Vonage does, but for how often.
            pending.push(next);
            await restarting;
          }
        };
        await Promise.all(Array.from({ length: 16 }, sender));
        await restarting;
        assert.equal(restarts, 2);
        assert.equal(sent.filter(({ status }) => status === 204).length, legs.length);
        const kept = await legsIn(nats.url);
        assertKept(sent, kept);
        assert.equal(kept.size, legs.length);
      } finally {
        await events[Symbol.asyncDispose]();
      }
    });
  }
});
