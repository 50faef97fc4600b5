import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OPCODE, RawPeer } from '@kodama/media-gateway/testing';
import { SocketTokens } from '@kodama/shared/signing';
import { FORGERIES, SIGNING, SIGNING_ENV, signed } from '@kodama/shared/testing';
import { parseConversationUuid, parseLegUuid } from '@kodama/shared/voice';
import { placeCall } from '@kodama/simulator';
import { type Nats, type Redis, startNats, startRedis } from '../support/containers.ts';
import { inJetStream } from '../support/jetstream.ts';
import { freePort } from '../support/ports.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

const SOCKET_SECRET = 'a-secret-of-our-own-0123456789abcdef';
const API_TOKEN = 'a-token-of-an-operator';

/** Counters of a service, as Prometheus reads them: `{door="events",reason="stale"} -> 1`. */
async function refusalsOf(port: number): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.matchAll(/^kodama_refusals\S*\{(.*)\} (\d+)/gm);
  return new Map(
    [...lines].map(([, labels = '', count]) => {
      const label = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1];
      return [`${label('kodama_door')} ${label('kodama_refusal_reason')}`, Number(count)];
    }),
  );
}

describe('the doors of the stack', () => {
  const stack = new AsyncDisposableStack();
  let redis: Redis;
  let nats: Nats;
  let gateways: readonly [Service, Service];
  let ncco: Service;
  let events: readonly [Service, Service];
  const metricsPorts = { events: 0, gateway: 0, ncco: 0 };

  before(async () => {
    redis = stack.use(await startRedis());
    nats = stack.use(await startNats());
    const metered = async (name: keyof typeof metricsPorts) => {
      metricsPorts[name] = await freePort();
      return { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPorts[name]) };
    };
    const gatewayEnv = {
      ...SIGNING_ENV,
      REDIS_URL: redis.url,
      SOCKET_TOKEN_SECRETS: SOCKET_SECRET,
      API_TOKENS: `another-token-of-theirs,${API_TOKEN}`,
    };
    gateways = [
      stack.use(await startService('media-gateway', { env: { ...gatewayEnv, ...(await metered('gateway')) } })),
      stack.use(await startService('media-gateway', { env: gatewayEnv })),
    ];
    const eventsEnv = { ...SIGNING_ENV, NATS_URL: nats.url, REDIS_URL: redis.url };
    events = [
      stack.use(await startService('events', { env: { ...eventsEnv, ...(await metered('events')) } })),
      stack.use(await startService('events', { env: eventsEnv })),
    ];
    ncco = stack.use(
      await startService('ncco-api', {
        env: {
          ...SIGNING_ENV,
          ...(await metered('ncco')),
          PUBLIC_ORIGIN: gateways[0].url,
          SOCKET_TOKEN_SECRETS: SOCKET_SECRET,
        },
      }),
    );
  });
  after(() => stack.disposeAsync());

  const call = (secret: string = SIGNING.secret) =>
    placeCall({
      answerUrl: `${ncco.url}/ncco`,
      eventUrl: `${events[0].url}/webhooks/event`,
      talkCharactersPerSecond: Number.POSITIVE_INFINITY,
      seconds: 0.5,
      signing: { ...SIGNING, secret },
    });

  async function post(service: Service, body: Buffer, authorization: string | undefined): Promise<number> {
    const headers = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) };
    const response = await fetch(`${service.url}/webhooks/event`, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  }

  it('open for a call that is signed: it is answered, its socket let in, its events are taken', async () => {
    const report = await call();
    assert.equal(report.verdict, 'passed', report.problems.join('\n'));
    assert.ok(report.framesEchoed > 0);
  });

  it('stay shut for a call that is signed with another secret', async () => {
    const report = await call('another-secret');
    assert.equal(report.verdict, 'failed');
    await until(async () => (await refusalsOf(metricsPorts.ncco)).get('ncco signature'), { what: 'the counter' });
  });

  it('let each socket’s token in once, whichever gateway it is shown', async () => {
    const tokens = new SocketTokens([SOCKET_SECRET], { ttlSeconds: 60, nowMs: Date.now });
    const of = (uuid: string) => ({ conversationUuid: parseConversationUuid('CON-1'), legUuid: parseLegUuid(uuid) });
    for (let count = 0; count < 20; count++) {
      const header = `Authorization: Bearer ${tokens.issue(of(`leg-${count}`))}`;
      // All at once, twice at each.
      const peers = await Promise.all(
        [0, 1, 0, 1].map((index) => RawPeer.connect(gateways[index as 0 | 1].port, '/socket', [header])),
      );
      assert.deepEqual(peers.map(({ answer }) => answer.status).sort(), [101, 401, 401, 401]);
      const taken = peers.find(({ answer }) => answer.status === 101) as RawPeer;
      taken.send(
        OPCODE.TEXT,
        JSON.stringify({ uuid: `leg-${count}`, conversation_uuid: 'CON-1', 'content-type': 'audio/l16;rate=16000' }),
      );
      taken.send(OPCODE.BINARY, Buffer.alloc(640));
      await until(() => taken.binary.length === 1, { what: 'the echo' });
      taken.socket.destroy();
    }
    const refusals = await refusalsOf(metricsPorts.gateway);
    assert.ok((refusals.get('socket replayed') ?? 0) > 0);
  });

  it('let sockets in while Redis is away, each token once at each gateway', async () => {
    const tokens = new SocketTokens([SOCKET_SECRET], { ttlSeconds: 60, nowMs: Date.now });
    const header = `Authorization: Bearer ${tokens.issue({ conversationUuid: undefined, legUuid: undefined })}`;
    await redis.pause();
    try {
      const began = performance.now();
      for (const gateway of gateways) {
        const first = await RawPeer.connect(gateway.port, '/socket', [header]);
        assert.equal(first.answer.status, 101);
        first.socket.destroy();
        assert.equal((await RawPeer.connect(gateway.port, '/socket', [header])).answer.status, 401);
      }
      assert.ok(performance.now() - began < 2000);
      await gateways[0].logged('tokens are remembered by this gateway alone: each can be used once at every other');
    } finally {
      await redis.unpause();
    }
    await until(async () => (await fetch(`${gateways[0].url}/readyz`)).ok, { what: 'Redis to be back' });
  });

  it('show calls to who has a token', async () => {
    for (const path of ['/calls', '/calls/CON-1', '/calls?limit=0']) {
      for (const authorization of [undefined, 'Bearer x', `Bearer ${API_TOKEN}x`]) {
        const response = await fetch(
          gateways[0].url + path,
          authorization === undefined ? {} : { headers: { authorization } },
        );
        assert.equal(response.status, 401, path);
        assert.doesNotMatch(await response.text(), /CON-|leg/);
      }
    }
    const response = await fetch(`${gateways[0].url}/calls`, { headers: { authorization: `Bearer ${API_TOKEN}` } });
    assert.equal(response.status, 200);
    assert.equal((await refusalsOf(metricsPorts.gateway)).get('calls token'), 9);
    assert.equal((await fetch(`${gateways[0].url}/healthz`)).status, 200);
  });

  it('take a signed event once, however often and wherever it is delivered', async () => {
    const body = Buffer.from(`{"uuid":"once","status":"answered","timestamp":"2026-03-04T10:11:12.345Z"}`);
    const authorization = signed({ body });
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post(events[(index % 2) as 0 | 1], body, authorization)),
    );
    assert.deepEqual([...new Set(statuses)], [204]);
    const { state } = await inJetStream(nats.url, ({ streams }) =>
      streams.info('CALLS', { subjects_filter: 'calls.none.once.>' }),
    );
    assert.deepEqual(state.subjects, { 'calls.none.once.answered': 1 });
  });

  it('stay shut for every forgery, and count each by its reason', async () => {
    const body = Buffer.from('{"uuid":"forged","status":"answered"}');
    const expected = new Map<string, number>();
    for (const { what, reason, authorization } of FORGERIES) {
      assert.equal(await post(events[0], body, authorization({ body })), 401, what);
      expected.set(`events ${reason}`, (expected.get(`events ${reason}`) ?? 0) + 1);
    }
    assert.deepEqual(await refusalsOf(metricsPorts.events), expected);
  });

  it('leave no token, secret or number of a caller in any log', async () => {
    const services = [...gateways, ncco, ...events];
    for (const service of services) assert.equal(await service.stop(), 0, service.name);
    const text = JSON.stringify(services.map(({ logs, stderr }) => [logs, stderr]));
    assert.ok(text.length > 10_000);
    assert.doesNotMatch(
      text,
      /eyJ|Bearer [^…]|signature-secret|secret-of-our-own|token-of-an-operator|14155550177|12025550123/,
    );
  });
});

describe('webhooks in mode signature', () => {
  it('are taken once at all replicas, by a memory in Redis; without it they are refused with 503', async () => {
    await using redis = await startRedis();
    await using nats = await startNats();
    const env = { ...SIGNING_ENV, WEBHOOK_VERIFICATION: 'signature', REDIS_URL: redis.url };
    await using one = await startService('events', { env: { ...env, NATS_URL: nats.url } });
    await using other = await startService('events', { env: { ...env, NATS_URL: nats.url } });
    await using ncco = await startService('ncco-api', { env });
    const body = Buffer.from('{"uuid":"u","status":"answered"}');
    const swapped = Buffer.from('{"uuid":"u","status":"completed"}');
    // No hash of the payload in it: the signature alone counts.
    const authorization = signed({ body }, { claims: { payload_hash: undefined } });
    const post = async (service: Service, its: Buffer, path = '/webhooks/event') => {
      const headers = { 'content-type': 'application/json', authorization };
      const response = await fetch(service.url + path, { method: 'POST', headers, body: its });
      const text = await response.text();
      return [response.status, response.ok ? '' : JSON.parse(text).error.code];
    };
    assert.deepEqual(await post(one, body), [204, '']);
    assert.deepEqual(await post(other, body), [204, '']);
    for (const [service, path] of [
      [one, '/webhooks/event'],
      [other, '/webhooks/event'],
      [ncco, '/ncco'],
    ] as const) {
      assert.deepEqual(await post(service, swapped, path), [401, 'WEBHOOK_NOT_VERIFIED']);
    }
    await redis.stop();
    await until(async () => (await post(one, body))[1] === 'TOKENS_UNAVAILABLE', { what: 'the refusal' });
    assert.deepEqual(await post(one, body), [503, 'TOKENS_UNAVAILABLE']);
    for (const service of [one, ncco]) {
      const response = await fetch(`${service.url}/readyz`);
      const { checks } = (await response.json()) as { checks: Record<string, string> };
      assert.deepEqual([response.status, checks.redis], [503, 'Redis does not answer']);
      assert.ok(service.complaints.some(({ msg }) => msg === 'redis is away: webhooks are refused with 503'));
    }
  });
});
