import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  NotConnectedError,
  PublishTimeoutError,
  StreamFullError,
  StreamUnavailableError,
} from '@kodama/events/call-event-publisher';
import type { CallView } from '@kodama/media-gateway/find-call';
import { RedisLegMetricsStore } from '@kodama/media-gateway/redis-leg-metrics-store';
import { OPCODE, RawPeer } from '@kodama/media-gateway/testing';
import { connectRedis, RedisSeen } from '@kodama/shared/redis';
import { memoryLogger, recordSpans, SIGNING_ENV, signed } from '@kodama/shared/testing';
import { type AppName, startDocumentedApps } from './documented-apps.ts';
import {
  type Answer,
  answerOf,
  ask,
  codesOf,
  document,
  JSON_TYPE,
  METHODS,
  note,
  operations,
  post,
  type Route,
  securityOf,
  seen,
} from './documented-operations.ts';
import { pointer } from './documents.ts';
import { until } from './wait.ts';

recordSpans();

const ANSWERS: readonly Route[] = operations.filter(({ path }) => /ncco|answer/.test(path));
const EVENTS = operations.filter(({ path }) => /event/.test(path));
const WEBHOOKS = [...ANSWERS, ...EVENTS];
const CALLS = operations.filter(({ path }) => path.startsWith('/api/'));
const posts = (all: readonly Route[]) => all.filter(({ method }) => method === 'post');
const gets = (all: readonly Route[]) => all.filter(({ method }) => method === 'get');

const ANSWER_FIELDS = {
  conversation_uuid: 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10',
  uuid: '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55',
  to: '12025550123',
  from: '14155550177',
};
const deep = `{"a":${'['.repeat(70)}${']'.repeat(70)}}`;

describe('an answer over HTTP', () => {
  it('of a webhook is as it is documented', async () => {
    await using apps = await startDocumentedApps({
      env: { SOCKET_AUTH: 'token', SOCKET_TOKEN_SECRETS: 's'.repeat(32) },
    });
    const query = `?${new URLSearchParams({ ...ANSWER_FIELDS, status: 'started' })}`;
    const good = { get: { query }, post: post(JSON.stringify({ ...ANSWER_FIELDS, status: 'started' })) };
    for (const operation of ANSWERS) {
      assert.equal(note(operation, await ask(apps, operation, good[operation.method as 'get'])), '200');
    }
    for (const operation of EVENTS) {
      assert.equal(note(operation, await ask(apps, operation, good[operation.method as 'get'])), '204');
    }
    for (const operation of gets(ANSWERS)) {
      assert.equal(note(operation, await ask(apps, operation)), '200', 'with nothing at all');
      assert.equal(note(operation, await ask(apps, operation, { query: '?uuid=a%20b' })), '400 ANSWER_BAD_ID');
    }
    for (const operation of posts(ANSWERS)) {
      assert.equal(note(operation, await ask(apps, operation, post('{"uuid":"a b"}'))), '400 ANSWER_BAD_ID');
      assert.equal(note(operation, await ask(apps, operation, post('{'))), '400 ANSWER_NOT_JSON');
      assert.equal(note(operation, await ask(apps, operation, post('[]'))), '400 ANSWER_NOT_OBJECT');
    }
    for (const operation of gets(EVENTS)) {
      assert.equal(note(operation, await ask(apps, operation)), '400 EVENT_EMPTY');
      const payload = encodeURIComponent(deep);
      assert.equal(note(operation, await ask(apps, operation, { query: `?payload=${payload}` })), '400 BODY_TOO_DEEP');
      const key = await ask(apps, operation, { query: '?__proto__=1' });
      assert.equal(note(operation, key), '400 BODY_FORBIDDEN_KEY');
    }
    for (const operation of posts(EVENTS)) {
      assert.equal(note(operation, await ask(apps, operation, post('{'))), '400 EVENT_NOT_JSON');
      assert.equal(note(operation, await ask(apps, operation, post('[]'))), '400 EVENT_NOT_OBJECT');
    }
    for (const operation of posts(WEBHOOKS)) {
      assert.equal(note(operation, await ask(apps, operation, post(deep))), '400 BODY_TOO_DEEP');
      assert.equal(note(operation, await ask(apps, operation, post('{"__proto__":1}'))), '400 BODY_FORBIDDEN_KEY');
      const large = await ask(apps, operation, post(`{"a":"${'x'.repeat(65_536)}"}`));
      assert.equal(note(operation, large), '413 BODY_TOO_LARGE');
      const text = await ask(apps, operation, { headers: { 'content-type': 'text/plain' }, body: '{}' });
      assert.equal(note(operation, text), '415 CONTENT_TYPE_UNSUPPORTED');
      const packed = await ask(apps, operation, { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: '{}' });
      assert.equal(note(operation, packed), '415 ENCODING_UNSUPPORTED');
    }
  });

  it('to any other method is 405, on every path but the socket’s', async () => {
    await using apps = await startDocumentedApps();
    for (const operation of [...WEBHOOKS, ...CALLS]) {
      const { path } = operation;
      const other = METHODS.filter((method) => !(method in document.at(pointer('paths', path))) && method !== 'trace');
      for (const method of other) {
        const answer = await ask(apps, { path, method });
        // HEAD has no body to read.
        if (method === 'head') assert.equal(answer.status, 405, path);
        else assert.equal(note(operation, answer), '405 METHOD_NOT_ALLOWED', method);
      }
    }
  });

  it('names no host where there is none', async () => {
    await using apps = await startDocumentedApps();
    for (const operation of ANSWERS) {
      const request = [
        `${operation.method.toUpperCase()} ${operation.path} HTTP/1.1`,
        'Host: not a host',
        'Content-Type: application/json',
        'Content-Length: 2',
        'Connection: close',
        '',
        '{}',
      ];
      const peer = await RawPeer.ask(Number(new URL(apps.urls['ncco-api']).port), request.join('\r\n'));
      assert.equal(note(operation, answerOf(peer)), '400 BAD_HOST');
    }
  });

  it('to who has no right to ask is 401', async () => {
    const apiToken = 'token-of-an-operator';
    await using apps = await startDocumentedApps({ env: { ...SIGNING_ENV, API_TOKENS: apiToken } });
    for (const operation of WEBHOOKS) {
      const asked = operation.method === 'get' ? { query: '?a=1' } : post('{}');
      assert.equal(note(operation, await ask(apps, operation, asked)), '401 WEBHOOK_NOT_VERIFIED');
      const payload = operation.method === 'get' ? { query: 'a=1' } : { body: Buffer.from('{}') };
      const headers = { ...('headers' in asked && asked.headers), authorization: signed(payload) };
      assert.ok((await ask(apps, operation, { ...asked, headers })).status < 300);
      assert.deepEqual(securityOf(operation), ['vonageSignature']);
    }
    for (const operation of CALLS) {
      assert.equal(note(operation, await ask(apps, operation)), '401 API_TOKEN_REQUIRED');
      const headers = { authorization: `Bearer ${apiToken}` };
      assert.ok([200, 404].includes((await ask(apps, operation, { headers })).status));
      assert.deepEqual(securityOf(operation), ['apiToken']);
    }
  });

  it('is 503 where a part is away', async () => {
    // Port 1 is nobody's.
    const redis = connectRedis('redis://127.0.0.1:1', memoryLogger().logger);
    try {
      const env = { ...SIGNING_ENV, WEBHOOK_VERIFICATION: 'signature' };
      const store = new RedisLegMetricsStore(redis, { gatewayId: 'gateway-1', leaseMs: 1000, retentionMs: 1000 });
      await using apps = await startDocumentedApps({ env, seen: new RedisSeen(redis), store });
      for (const operation of WEBHOOKS) {
        const payload = operation.method === 'get' ? { query: 'a=1' } : { body: Buffer.from('{}') };
        const headers = { ...JSON_TYPE, authorization: signed(payload) };
        const asked = operation.method === 'get' ? { query: '?a=1', headers } : { headers, body: '{}' };
        assert.equal(note(operation, await ask(apps, operation, asked)), '503 TOKENS_UNAVAILABLE');
      }
      for (const operation of CALLS) {
        assert.equal(note(operation, await ask(apps, operation)), '503 STORE_UNAVAILABLE');
      }
    } finally {
      redis.disconnect();
    }
    const failures = [
      new NotConnectedError(),
      new PublishTimeoutError(1),
      new StreamUnavailableError(undefined),
      new StreamFullError(),
    ];
    for (const failure of failures) {
      const publish = () => Promise.reject(failure);
      await using apps = await startDocumentedApps({ publisher: { stream: 'CALLS', publish } });
      for (const operation of EVENTS) {
        const asked = operation.method === 'get' ? { query: '?a=1' } : post('{}');
        assert.equal(note(operation, await ask(apps, operation, asked)), `503 ${failure.code}`);
      }
    }
  });

  it('is 500 where there is a fault of ours', async () => {
    const fault = () => {
      throw new TypeError('a fault');
    };
    const store = { list: fault, find: fault, write: async () => {} };
    await using apps = await startDocumentedApps({ verifier: { verify: fault }, store });
    for (const operation of [...WEBHOOKS, ...CALLS]) {
      const asked = operation.method === 'get' ? { query: '?a=1' } : post('{}');
      assert.equal(note(operation, await ask(apps, operation, asked)), '500 INTERNAL');
    }
  });

  it('about health is as it is documented', async () => {
    await using apps = await startDocumentedApps();
    for (const app of Object.keys(apps.urls) as AppName[]) {
      assert.equal(
        note({ path: '/healthz', method: 'get' }, await ask(apps, { path: '/healthz', method: 'get' }, { app })),
        '200',
      );
      assert.equal(
        note({ path: '/readyz', method: 'get' }, await ask(apps, { path: '/readyz', method: 'get' }, { app })),
        '503',
      );
    }
    apps.lifecycle.ready();
    assert.equal(note({ path: '/readyz', method: 'get' }, await ask(apps, { path: '/readyz', method: 'get' })), '200');
  });

  it('of the calls is as it is documented', async () => {
    await using apps = await startDocumentedApps();
    const [list, one] = [
      { path: '/api/calls', method: 'get' },
      { path: '/api/calls/{id}', method: 'get' },
    ];
    assert.equal(note(list, await ask(apps, list)), '200');
    for (const limit of ['0', '201', 'x', '', '1&limit=2']) {
      assert.equal(note(list, await ask(apps, list, { query: `?limit=${limit}` })), '400 BAD_LIMIT');
    }
    const { minimum, maximum } = document.at(pointer('paths', '/api/calls', 'get', 'parameters', 0, 'schema'));
    for (const limit of [minimum, maximum]) {
      assert.equal((await ask(apps, list, { query: `?limit=${limit}` })).status, 200);
    }
    for (const limit of [minimum - 1, maximum + 1]) {
      assert.equal((await ask(apps, list, { query: `?limit=${limit}` })).status, 400);
    }
    assert.equal(note(list, await ask(apps, list, { query: '?cursor=x' })), '400 BAD_CURSOR');
    assert.equal(note(one, await ask(apps, one)), '404 CALL_NOT_FOUND');
    assert.equal(note(one, await ask(apps, one, { id: 'a/b' })), '404 NOT_FOUND');
    assert.equal(note(one, await ask(apps, one, { id: '%E0%A4%A' })), '400 BAD_REQUEST');
  });
});

describe('a call', () => {
  it('is shown as it is documented, from its first moment to after its end', async () => {
    await using apps = await startDocumentedApps();
    const [list, one] = [
      { path: '/api/calls', method: 'get' },
      { path: '/api/calls/{id}', method: 'get' },
    ];
    const id = ANSWER_FIELDS.conversation_uuid;
    const show = async () => {
      const answer = await ask(apps, one, { id });
      assert.equal(note(one, answer), '200');
      assert.equal(note(list, await ask(apps, list)), '200');
      return JSON.parse(answer.text) as CallView;
    };
    const tell = async (fields: object) => {
      const body = JSON.stringify({ ...ANSWER_FIELDS, direction: 'inbound', ...fields });
      assert.equal((await ask(apps, { path: '/webhooks/event', method: 'post' }, post(body))).status, 204);
    };

    await tell({ status: 'started', timestamp: '2026-03-04T10:11:10.000Z' });
    const { legs, timeline } = await show();
    assert.deepEqual([legs.length, timeline?.legs.length], [0, 1]);

    const answer = await ask(apps, { path: '/ncco', method: 'post' }, post(JSON.stringify(ANSWER_FIELDS)));
    const [, connect] = JSON.parse(answer.text);
    const [{ headers, 'content-type': contentType }] = connect.endpoint;
    const peer = await RawPeer.connect(apps.gatewayPort);
    assert.equal(note({ path: '/socket', method: 'get' }, withoutHandshake(peer)), '101');
    peer.send(OPCODE.TEXT, JSON.stringify({ event: 'websocket:connected', 'content-type': contentType, ...headers }));
    peer.send(OPCODE.BINARY, Buffer.alloc(640));
    await until(() => peer.binary.length === 1, { what: 'the echo' });
    await tell({ status: 'answered', timestamp: '2026-03-04T10:11:12.000Z' });
    const live = await until(async () => (await show()).legs[0], { what: 'the socket' });
    assert.deepEqual([live.state, live.handler], ['live', 'echo']);

    peer.socket.destroy();
    await tell({
      status: 'completed',
      timestamp: '2026-03-04T10:11:14.000Z',
      duration: '2',
      sip_code: 200,
      detail: 'ok',
      disconnected_by: 'user',
    });
    await tell({ type: 'transfer', conversation_uuid_from: id, conversation_uuid_to: 'CON-2', uuid: 'other' });
    await until(async () => (await show()).legs[0]?.state === 'ended', { what: 'the end of the socket' });
    const { timeline: whole } = await show();
    assert.deepEqual([whole?.state, whole?.outcome, whole?.events.length], ['ended', 'completed', 4]);
    const [caller, other] = whole?.legs ?? [];
    assert.deepEqual([caller?.disconnectedBy, caller?.sipCode, other?.transferredTo], ['user', 200, 'CON-2']);
  });
});

/** A socket's answer, less what the upgrade itself is about. */
function withoutHandshake(peer: RawPeer): Answer {
  const answer = answerOf(peer);
  assert.equal(answer.headers.get('upgrade'), 'websocket');
  answer.headers.delete('upgrade');
  answer.headers.delete('sec-websocket-accept');
  return answer;
}

describe('the socket', () => {
  const socket = { path: '/socket', method: 'get' };

  it('asks for a token, and shows it in the NCCO', async () => {
    const env = { SOCKET_AUTH: 'token', SOCKET_TOKEN_SECRETS: 's'.repeat(32) };
    await using apps = await startDocumentedApps({ env });
    assert.equal(note(socket, answerOf(await RawPeer.connect(apps.gatewayPort))), '401 SOCKET_NOT_AUTHORIZED');
    const answer = await ask(apps, { path: '/ncco', method: 'get' });
    const [{ authorization }] = JSON.parse(answer.text)[1].endpoint;
    const peer = await RawPeer.connect(apps.gatewayPort, '/socket?any=query', [
      `Authorization: ${authorization.value}`,
    ]);
    assert.equal(note(socket, withoutHandshake(peer)), '101');
    peer.socket.destroy();
  });

  it('is for upgrades alone', async () => {
    await using apps = await startDocumentedApps();
    assert.equal(note(socket, await ask(apps, socket)), '426 UPGRADE_REQUIRED');
    assert.equal(note(socket, await ask(apps, { path: '/socket', method: 'post' })), '426 UPGRADE_REQUIRED');
    const request = (key: string, version: number) =>
      RawPeer.ask(
        apps.gatewayPort,
        `GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: ${version}\r\n\r\n`,
      );
    assert.equal(note(socket, answerOf(await request('short', 13))), '400 BAD_REQUEST');
  });

  it('is 503 while the gateway is full, and 500 where the door has a fault', async () => {
    await using apps = await startDocumentedApps({ env: { MAX_LIVE_CALLS: '1' } });
    const peer = await RawPeer.connect(apps.gatewayPort);
    assert.equal(note(socket, answerOf(await RawPeer.connect(apps.gatewayPort))), '503 GATEWAY_UNAVAILABLE');
    peer.socket.destroy();

    const seenFault = { before: () => Promise.reject(new TypeError('a fault')) };
    const env = { SOCKET_AUTH: 'token', SOCKET_TOKEN_SECRETS: 's'.repeat(32) };
    await using faulty = await startDocumentedApps({ env, seen: seenFault });
    const [{ authorization }] = JSON.parse((await ask(faulty, { path: '/ncco', method: 'get' })).text)[1].endpoint;
    const refused = await RawPeer.connect(faulty.gatewayPort, '/socket', [`Authorization: ${authorization.value}`]);
    assert.equal(note(socket, answerOf(refused)), '500 INTERNAL');
  });
});

describe('every documented answer', () => {
  it('was given above, but for those of nginx alone', () => {
    const nginxAlone = /(?: 429 TOO_MANY_REQUESTS| 503 UPSTREAM_UNAVAILABLE|(?<!\/\{id\}) 400 BAD_REQUEST)$/;
    const elsewhere = /^get \/api\/calls 404 NOT_FOUND$/;
    const documented = operations
      .flatMap(codesOf)
      .filter((answer) => !nginxAlone.test(answer) && !elsewhere.test(answer));
    assert.ok(documented.length > 80);
    const missing = documented.filter((answer) => !seen.has(answer));
    assert.deepEqual(missing, []);
  });
});
