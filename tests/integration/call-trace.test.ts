import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { placeCall } from '@kodama/simulator';
import { type Jaeger, startJaeger, startNats, startRedis } from '../support/containers.ts';
import { type JaegerSpan, waitForTrace } from '../support/jaeger.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

const EVENTS_OF_A_CALL = 7;

/** Trace ids of everything that Jaeger has of a service. */
async function traceIds(jaeger: Jaeger, service: string): Promise<Set<string>> {
  const response = await fetch(`${jaeger.url}/api/traces?service=${service}&limit=200&lookback=1h`);
  const { data } = (await response.json()) as { data: { traceID: string }[] };
  return new Set(data.map(({ traceID }) => traceID));
}

function named(spans: readonly JaegerSpan[], name: string): JaegerSpan[] {
  return spans.filter((span) => span.name === name);
}

function conversation(): { conversationUuid: string; traceId: string } {
  const uuid = crypto.randomUUID();
  return { conversationUuid: `CON-${uuid}`, traceId: uuid.replaceAll('-', '') };
}

describe('one call is one trace', () => {
  const resources = new AsyncDisposableStack();
  let jaeger: Jaeger;
  let ncco: Service;
  let events: Service;
  let gateway: Service;

  before(async () => {
    const [startedJaeger, nats, redis] = await Promise.all([startJaeger(), startNats(), startRedis()]);
    jaeger = resources.use(startedJaeger);
    resources.use(nats);
    resources.use(redis);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpUrl, OTEL_BSP_SCHEDULE_DELAY: '200' };
    gateway = resources.use(await startService('media-gateway', { env: { ...env, REDIS_URL: redis.url } }));
    events = resources.use(await startService('events', { env: { ...env, NATS_URL: nats.url, REDIS_URL: redis.url } }));
    const origin = gateway.url;
    ncco = resources.use(await startService('ncco-api', { env: { ...env, PUBLIC_ORIGIN: origin } }));
  });
  after(() => resources.disposeAsync());

  const call = (options: Partial<Parameters<typeof placeCall>[0]> = {}) =>
    placeCall({
      answerUrl: `${ncco.url}/ncco`,
      eventUrl: `${events.url}/webhooks/event`,
      talkCharactersPerSecond: Number.POSITIVE_INFINITY,
      seconds: 0.5,
      ...options,
    });

  for (const answerMethod of ['GET', 'POST'] as const) {
    test(`all three services are in it, each span under its parent (${answerMethod})`, async () => {
      const { conversationUuid, traceId } = conversation();
      const report = await call({ answerMethod, ids: { conversationUuid } });
      assert.equal(report.verdict, 'passed', report.problems.join('\n'));

      const spans = await waitForTrace(
        jaeger.url,
        traceId,
        (seen) =>
          named(seen, 'publish CALLS').length === EVENTS_OF_A_CALL &&
          named(seen, 'process CALLS').length === EVENTS_OF_A_CALL &&
          named(seen, 'leg').length === 1 &&
          named(seen, 'call').length === 1,
      );
      assert.deepEqual(new Set(spans.map(({ service }) => service)), new Set(['ncco-api', 'events', 'media-gateway']));

      const byId = new Map(spans.map((span) => [span.spanId, span]));
      assert.equal(byId.size, spans.length, 'every span id is there once');
      const [root, ...otherRoots] = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
      assert.deepEqual(otherRoots, []);
      assert.equal(root?.name, 'call');
      assert.equal(root?.service, 'ncco-api');
      assert.equal(root?.spanId, traceId.slice(16));
      const orphans = spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !byId.has(parentSpanId));
      assert.deepEqual(orphans, []);

      /** Names from a span up to the root. */
      const path = (span: JaegerSpan | undefined): string[] =>
        span ? [span.name, ...path(byId.get(span.parentSpanId ?? ''))] : [];
      const paths = new Set(spans.map((span) => path(span).join(' < ')));
      for (const expected of [
        `${answerMethod} /ncco < call`,
        'POST /webhooks/event < call',
        'publish CALLS < POST /webhooks/event < call',
        'process CALLS < publish CALLS < POST /webhooks/event < call',
        'leg opened < call',
        'hset < leg opened < call',
        'leg < call',
        'hset < leg < call',
      ]) {
        assert.ok(paths.has(expected), `no path "${expected}" among\n${[...paths].join('\n')}`);
      }
      assert.equal(named(spans, 'POST /webhooks/event').length, EVENTS_OF_A_CALL);

      const [leg] = named(spans, 'leg');
      assert.equal(leg?.tags['kodama.conversation.uuid'], conversationUuid);
      assert.equal(leg?.tags['kodama.audio.frames_in'], report.framesSent);
      assert.equal(leg?.tags['kodama.audio.frames_out'], report.framesSent);
      assert.equal(leg?.tags['kodama.leg.close_code'], 1000);
      assert.ok((leg?.durationMs ?? 0) >= 480, `the leg's span is as long as the leg: ${leg?.durationMs} ms`);
      const values = spans.flatMap(({ tags }) => Object.values(tags));
      assert.deepEqual(
        values.filter((value) => /14155550177|12025550123/.test(String(value))),
        [],
        'no number of a caller',
      );
    });
  }

  test('something of it is seen while the call still lasts', async () => {
    const { conversationUuid, traceId } = conversation();
    const hangUp = new AbortController();
    const report = call({ ids: { conversationUuid }, seconds: 60, signal: hangUp.signal });
    try {
      const spans = await waitForTrace(
        jaeger.url,
        traceId,
        (seen) => named(seen, 'leg opened').length === 1 && named(seen, 'call').length === 1,
      );
      assert.equal(named(spans, 'leg').length, 0);
      assert.equal(named(spans, 'leg opened')[0]?.parentSpanId, traceId.slice(16));
    } finally {
      hangUp.abort();
      await report;
    }
  });

  test('an answer that Vonage asks for twice has one root', async () => {
    const { conversationUuid, traceId } = conversation();
    for (let attempt = 0; attempt < 2; attempt++) {
      await fetch(`${ncco.url}/ncco?uuid=leg-1&conversation_uuid=${conversationUuid}`);
    }
    const spans = await waitForTrace(jaeger.url, traceId, (seen) => named(seen, 'GET /ncco').length === 2);
    assert.equal(named(spans, 'call').length, 1);
  });

  test('a conversation id without a UUID gets an ordinary trace', async () => {
    const conversationUuid = 'CON-not-a-uuid';
    const before = await traceIds(jaeger, 'media-gateway');
    const report = await call({ ids: { conversationUuid } });
    assert.equal(report.verdict, 'passed', report.problems.join('\n'));
    const [traceId] = await waitForNew(jaeger, before);
    const spans = await waitForTrace(jaeger.url, traceId, (seen) => named(seen, 'leg').length === 1);
    assert.equal(named(spans, 'leg opened')[0]?.parentSpanId, undefined);
    assert.equal(named(spans, 'leg')[0]?.parentSpanId, named(spans, 'leg opened')[0]?.spanId);
  });

  test('no webhook leaves a second trace behind, whether it is taken or refused', async () => {
    const { conversationUuid, traceId } = conversation();
    const report = await call({ ids: { conversationUuid } });
    assert.equal(report.verdict, 'passed', report.problems.join('\n'));
    const known = { events: await traceIds(jaeger, 'events'), ncco: await traceIds(jaeger, 'ncco-api') };
    const json = { 'content-type': 'application/json' };
    for (const url of [`${events.url}/webhooks/event`, `${ncco.url}/ncco`]) {
      assert.equal((await fetch(url, { method: 'POST', headers: json, body: 'no json' })).status, 400);
      assert.equal(
        (await fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' })).status,
        415,
      );
      assert.equal((await fetch(url, { method: 'PUT' })).status, 405);
      await fetch(`${new URL(url).origin}/healthz`);
    }
    // One event more, so that there is something to wait for that was sent after all of these.
    const body = JSON.stringify({
      conversation_uuid: conversationUuid,
      uuid: 'leg-1',
      status: 'busy',
      timestamp: '2026-01-01T00:00:00.000Z',
    });
    await fetch(`${events.url}/webhooks/event`, { method: 'POST', headers: json, body });
    await waitForTrace(
      jaeger.url,
      traceId,
      (seen) => named(seen, 'POST /webhooks/event').length === EVENTS_OF_A_CALL + 1,
    );
    assert.deepEqual(
      [...(await traceIds(jaeger, 'events')).difference(known.events)].filter((id) => id !== traceId),
      [],
    );
    assert.deepEqual(
      [...(await traceIds(jaeger, 'ncco-api')).difference(known.ncco)].filter((id) => id !== traceId),
      [],
    );
  });

  async function waitForNew(from: Jaeger, known: ReadonlySet<string>): Promise<[string]> {
    const id = await until(async () => [...(await traceIds(from, 'media-gateway')).difference(known)][0], {
      what: 'a new trace of the gateway',
    });
    return [id];
  }
});
