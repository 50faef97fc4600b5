import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  NotConnectedError,
  PublishTimeoutError,
  StreamFullError,
  StreamUnavailableError,
} from '@kodama/events/call-event-publisher';
import type { CallView } from '@kodama/media-gateway/find-call';
import type { LegView } from '@kodama/media-gateway/leg-metrics-store';
import { RedisLegMetricsStore } from '@kodama/media-gateway/redis-leg-metrics-store';
import { OPCODE, RawPeer } from '@kodama/media-gateway/testing';
import type { LifecycleState } from '@kodama/shared/lifecycle';
import { connectRedis, RedisSeen } from '@kodama/shared/redis';
import { memoryLogger, recordSpans, SIGNING_ENV, signed } from '@kodama/shared/testing';
import { isLegStatus, type TimelineView } from '@kodama/shared/timeline';
import { CALL_EVENT_KINDS, HANDLER_NAME, parseLegUuid, SAMPLE_RATES_HZ } from '@kodama/shared/voice';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { type AppName, startDocumentedApps } from './documented-apps.ts';
import {
  type Answer,
  answerOf,
  ask,
  codesOf,
  components,
  document,
  JSON_TYPE,
  METHODS,
  note,
  operations,
  paths,
  post,
  type Route,
  securityOf,
  seen,
  servers,
  serviceOf,
} from './documented-operations.ts';
import { type Part, pointer } from './documents.ts';
import { compose, root } from './images.ts';
import { servedPaths } from './nginx-paths.ts';
import { routesOf } from './router-routes.ts';
import { until } from './wait.ts';

recordSpans();

describe('docs/openapi.yaml', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document.content));
    assert.ok(valid, JSON.stringify(errors, null, 2));
    assert.equal(validator.version, '3.1');
  });

  it('has schemas that can be used, and no reference that leads nowhere', () => {
    for (const name of Object.keys(components.schemas)) document.check(pointer('components', 'schemas', name));
    const references: string[] = [];
    JSON.stringify(document.content, (key, value) => {
      if (key === '$ref') references.push(value);
      return value;
    });
    for (const reference of references) assert.ok(document.at(reference), reference);
    const used = new Set(references.map((reference) => reference.split('/').slice(0, 4).join('/')));
    for (const [group, parts] of Object.entries<object>(components)) {
      if (group === 'securitySchemes') continue;
      for (const name of Object.keys(parts)) assert.ok(used.has(pointer('components', group, name)), `${name} is used`);
    }
  });

  it('has every error code of docs/errors.md with its status, and no other', () => {
    const documented = new Set(operations.flatMap(codesOf).map((code) => code.split(' ').slice(2).join(' ')));
    const table = readFileSync(new URL('docs/errors.md', root), 'utf8').matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm);
    const listed = [...table].map(([, code, status]) => `${status} ${code}`);
    assert.ok(listed.length > 20);
    assert.deepEqual([...documented].filter((code) => / /.test(code)).sort(), listed.sort());
  });

  it('has the routes of the services, and no other', async () => {
    await using apps = await startDocumentedApps();
    const { 'ncco-api': ncco, events, 'media-gateway': gateway } = apps.routers;
    const health = ['get /healthz', 'get /readyz'];
    // A route for all methods stands beside the others, and answers 405. /socket has nothing but that: an upgrade is no route.
    const served = (router: unknown) => routesOf(router).filter((route) => !route.startsWith('all '));
    const asServed = (app: AppName) =>
      operations
        .filter(({ path }) => path !== '/socket' && !health.includes(`get ${path}`) && serviceOf(path).app === app)
        .map(({ path, method }) => `${method} ${serviceOf(path).inside.replace('{id}', ':id')}`)
        .concat(health)
        .sort();
    assert.deepEqual(served(ncco).sort(), asServed('ncco-api'));
    assert.deepEqual(served(events).sort(), asServed('events'));
    assert.deepEqual(served(gateway).sort(), asServed('media-gateway'));
    const forAll = [ncco, events, gateway].flatMap(routesOf).filter((route) => route.startsWith('all '));
    const documented = operations.map(({ path }) => `all ${serviceOf(path).inside.replace('{id}', ':id')}`);
    assert.deepEqual(
      [...new Set(forAll)].sort(),
      [...new Set(documented)].filter((route) => !health.includes(route.replace('all', 'get'))).sort(),
    );
  });

  it('has the paths of nginx, each at its door', () => {
    const doors = { public: servedPaths('public.conf'), operators: servedPaths('operators.conf') };
    const published = (compose.services.nginx as { ports?: readonly string[] } | undefined)?.ports ?? [];
    for (const door of Object.values(doors)) {
      assert.ok(
        published.some((port) => port.includes(`:-${door.port}}:${door.port}`)),
        `${door.port} is published`,
      );
      const documented = Object.keys(paths).filter((path) =>
        (paths[path].servers ?? servers).some(({ url }: { url: string }) => url === `http://127.0.0.1:${door.port}`),
      );
      assert.deepEqual(documented.map((path) => path.replace('{id}', '')).sort(), [...door.paths].sort());
    }
  });

  it('describes every part of a call', () => {
    for (const name of ['Leg', 'TimelineEvent', 'Timeline', 'CallPage']) {
      const { properties, required } = components.schemas[name];
      assert.deepEqual(required, Object.keys(properties), `${name}: everything is always there`);
      for (const [key, part] of Object.entries<Part>(properties)) {
        assert.ok(part.description ?? part.$ref ?? part.enum ?? part.items, `${name}.${key}`);
      }
    }
  });

  it('has the words that the code has', () => {
    const { Timeline, TimelineLeg, LegStatus, EventKind, State, Leg, Readiness, Ncco } = components.schemas;
    assert.deepEqual(EventKind.enum, [...CALL_EVENT_KINDS]);
    assert.deepEqual(LegStatus.enum, CALL_EVENT_KINDS.filter(isLegStatus));
    const handler = Ncco.prefixItems[1].properties.endpoint.items.properties.headers.properties.handler;
    assert.equal(handler.pattern, HANDLER_NAME.source);
    assert.deepEqual(Leg.properties.sampleRateHz.enum, [...SAMPLE_RATES_HZ, null]);
    // Types, of which the compiler says whether each word is there.
    const callStates: Record<TimelineView['state'], true> = {
      started: true,
      ringing: true,
      answered: true,
      ended: true,
    };
    assert.deepEqual(Timeline.properties.state.enum, Object.keys(callStates));
    const legStates: Record<LegView['state'], true> = { live: true, ended: true, lost: true };
    assert.deepEqual(State.enum, Object.keys(legStates));
    const closers: Record<NonNullable<LegView['closedBy']>, true> = { peer: true, gateway: true, network: true };
    assert.deepEqual(Leg.properties.closedBy.enum, [...Object.keys(closers), null]);
    const states: Record<LifecycleState, true> = {
      STARTING: true,
      READY: true,
      DRAINING: true,
      STOPPED: true,
      FAILED: true,
    };
    assert.deepEqual(Readiness.properties.state.enum, Object.keys(states));
    assert.deepEqual(TimelineLeg.properties.disconnectedBy.enum, ['platform', 'user', null]);
  });

  it('says which ids an answer webhook may have', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ minLength: 1 }), fc.string({ minLength: 120, maxLength: 140 })), (id) => {
        const fits = document.fits('#/components/schemas/AnswerWebhook', { uuid: id });
        assert.equal(fits, parseLegUuid(id) !== undefined, id);
      }),
    );
  });
});

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
        // HEAD has no body to read. Of calls it asks for what GET asks for, and changes nothing either.
        if (method === 'head') assert.equal(answer.status === 405, !path.startsWith('/api/'), path);
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
    assert.equal(note(socket, answerOf(await request('short', 13))), '400');
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

describe('what nginx answers by itself', () => {
  const text = readFileSync(new URL('nginx/snippets/server.conf', root), 'utf8');
  const own = [...text.matchAll(/return (\d+) '(\{.*\})';/g)].map(([, status, body]) => `${status} ${body}`);

  it('is an error as it is documented, or health', () => {
    assert.ok(own.length > 5);
    for (const answer of own) {
      const [, status, body = ''] = /^(\d+) (.*)$/.exec(answer) ?? [];
      const value = JSON.parse(body);
      if (status === '200') {
        document.check(
          document.through('paths', '/healthz', 'get', 'responses', '200', 'content', 'application/json', 'schema'),
        )(value);
        continue;
      }
      document.check('#/components/schemas/Error')(value);
      const ending = ` ${status} ${value.error.code}`;
      const having = operations.flatMap(codesOf).filter((code) => code.endsWith(ending));
      assert.ok(having.length > 0, ending);
    }
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
