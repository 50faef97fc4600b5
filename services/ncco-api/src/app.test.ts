import assert from 'node:assert/strict';
import { request } from 'node:http';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import { loadConfig } from '@kodama/shared/config';
import { webhookVerifier } from '@kodama/shared/http';
import { Lifecycle } from '@kodama/shared/lifecycle';
import { bearerToken, InMemorySeen, SocketTokens } from '@kodama/shared/signing';
import { FORGERIES, memoryLogger, recordSpans, SIGNING_ENV, serve, signed } from '@kodama/shared/testing';
import { createNccoApp } from './app.ts';
import { configSchema } from './config.ts';

const recorded = recordSpans();
const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
const LEG = '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55';
const TRACE = '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10';
const ROOT = '9a555f0a6f1e9d10';
const fields = { to: '12025550123', from: '14155550177', conversation_uuid: CONVERSATION, uuid: LEG };
const SECRET = 'a-secret-of-our-own-0123456789abcdef';
const JSON_TYPE = { 'content-type': 'application/json' };

async function setup(t: TestContext, given: Record<string, string> = { PUBLIC_ORIGIN: 'https://kodama.example.com' }) {
  const env = { SOCKET_AUTH: 'off', ...given };
  const { logger, lines } = memoryLogger();
  const config = loadConfig('ncco-api', configSchema, env);
  const verifier = webhookVerifier(config, logger, () => new InMemorySeen());
  lines.length = 0;
  const server = await serve(createNccoApp({ config, verifier, logger, lifecycle: new Lifecycle(logger), checks: {} }));
  t.after(() => server[Symbol.asyncDispose]());
  return { url: server.url, port: server.port, lines };
}

type Answered = [{ action: 'talk'; text: string }, { action: 'connect'; endpoint: [{ uri: string; headers: object }] }];

async function nccoOf(response: Response): Promise<Answered> {
  assert.equal(response.status, 200);
  return (await response.json()) as Answered;
}

async function refusal(response: Response): Promise<[number, unknown]> {
  const { error } = (await response.json()) as { error: { code: unknown } };
  return [response.status, error.code];
}

/** A GET with any Host header and others, which `fetch` would not send. */
function getWith(
  port: number,
  headers: Record<string, string>,
  path = '/ncco',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, headers, setHost: false }, async (res) => {
      res.setEncoding('utf8');
      const body = (await res.toArray()).join('');
      resolve({ status: res.statusCode ?? 0, body });
    })
      .on('error', reject)
      .end();
  });
}

describe('the answer webhook', () => {
  for (const path of ['/ncco', '/webhooks/answer']) {
    it(`answers GET ${path} with the NCCO`, async (t) => {
      const { url } = await setup(t);
      const response = await fetch(`${url}${path}?${new URLSearchParams(fields)}`);
      const [talk, connect, ...more] = await nccoOf(response);
      assert.equal(talk.action, 'talk');
      assert.equal(connect.endpoint.length, 1);
      assert.equal(connect.endpoint[0].uri, 'wss://kodama.example.com/socket');
      assert.deepEqual(connect.endpoint[0].headers, { conversation_uuid: CONVERSATION, uuid: LEG, handler: 'echo' });
      assert.deepEqual(more, []);
      assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(response.headers.get('etag'), null);
    });

    it(`answers POST ${path} with the same`, async (t) => {
      const { url } = await setup(t);
      const byGet = await nccoOf(await fetch(`${url}${path}?${new URLSearchParams(fields)}`));
      const byPost = await fetch(url + path, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(fields) });
      assert.deepEqual(await nccoOf(byPost), byGet);
    });
  }

  it('answers whoever says nothing about a call', async (t) => {
    const { url } = await setup(t);
    assert.deepEqual((await nccoOf(await fetch(`${url}/ncco`)))[1].endpoint[0].headers, { handler: 'echo' });
    await nccoOf(await fetch(`${url}/ncco`, { method: 'POST', headers: JSON_TYPE, body: '{}' }));
  });

  it('answers a request to the fallback URL, and logs its reason', async (t) => {
    const { url, lines } = await setup(t);
    const body = JSON.stringify({ ...fields, reason: 'Connection closed.', original_request: { type: 'answer' } });
    await nccoOf(await fetch(`${url}/ncco`, { method: 'POST', headers: JSON_TYPE, body }));
    assert.equal(lines[0]?.fallbackReason, 'Connection closed.');
  });

  it('refuses an id that cannot be one, by query and by body', async (t) => {
    const { url } = await setup(t);
    assert.deepEqual(await refusal(await fetch(`${url}/ncco?uuid=a%20b`)), [400, 'ANSWER_BAD_ID']);
    assert.deepEqual(await refusal(await fetch(`${url}/ncco?uuid=a&uuid=b`)), [400, 'ANSWER_BAD_ID']);
    const body = '{"conversation_uuid":5}';
    const response = await fetch(`${url}/ncco`, { method: 'POST', headers: JSON_TYPE, body });
    assert.deepEqual(await refusal(response), [400, 'ANSWER_BAD_ID']);
  });

  it('refuses a body that is no JSON object, too large or of another type', async (t) => {
    const { url } = await setup(t);
    const post = async (body: string, type = 'application/json') =>
      refusal(await fetch(`${url}/ncco`, { method: 'POST', headers: { 'content-type': type }, body }));
    assert.deepEqual(await post('{"uuid":'), [400, 'ANSWER_NOT_JSON']);
    assert.deepEqual(await post(''), [400, 'ANSWER_NOT_JSON']);
    assert.deepEqual(await post('[{}]'), [400, 'ANSWER_NOT_OBJECT']);
    assert.deepEqual(await post('null'), [400, 'ANSWER_NOT_OBJECT']);
    assert.deepEqual(await post(`{"a":"${'x'.repeat(65_536)}"}`), [413, 'BODY_TOO_LARGE']);
    assert.deepEqual(await post('uuid=a', 'application/x-www-form-urlencoded'), [415, 'CONTENT_TYPE_UNSUPPORTED']);
  });

  it('takes GET and POST only; a HEAD answers no call', async (t) => {
    const { url } = await setup(t);
    recorded.reset();
    const head = await fetch(`${url}/ncco?${new URLSearchParams(fields)}`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('allow')], [405, 'GET, POST']);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await fetch(`${url}/ncco`, { method });
      assert.equal(response.headers.get('allow'), 'GET, POST');
      assert.deepEqual(await refusal(response), [405, 'METHOD_NOT_ALLOWED']);
    }
    await new Promise(setImmediate);
    assert.deepEqual(recorded.ended(), []);
  });

  it('writes one line a call, with its ids and the time it took, and no number', async (t) => {
    const { url, lines } = await setup(t);
    await fetch(`${url}/ncco?${new URLSearchParams(fields)}`);
    const [{ ms, ...line } = {}, ...more] = lines.map(({ time, service, ...rest }) => rest as Record<string, unknown>);
    assert.deepEqual(line, {
      level: 'info',
      msg: 'call answered',
      conversationUuid: CONVERSATION,
      legUuid: LEG,
      traceId: TRACE,
    });
    assert.ok(typeof ms === 'number' && ms > 0);
    assert.deepEqual(more, []);
    assert.doesNotMatch(JSON.stringify(lines), /14155550177|12025550123/);
  });
});

describe('the log line of a refusal', () => {
  it('names the call, once that is known', async (t) => {
    const { url, lines } = await setup(t, {});
    await fetch(`${url}/ncco?${new URLSearchParams(fields)}`, { headers: { 'x-forwarded-host': 'u@evil' } });
    assert.deepEqual(
      lines.map(({ level, code, conversationUuid, legUuid, traceId }) => [
        level,
        code,
        conversationUuid,
        legUuid,
        traceId,
      ]),
      [['warn', 'BAD_HOST', CONVERSATION, LEG, TRACE]],
    );
  });
});

describe('the URI of the socket', () => {
  const uriOf = (body: string) => (JSON.parse(body) as Answered)[1].endpoint[0].uri;

  it('is at the public origin, whatever the request says', async (t) => {
    const { port } = await setup(t);
    const { body } = await getWith(port, { host: 'evil.example', 'x-forwarded-host': 'evil.example' });
    assert.equal(uriOf(body), 'wss://kodama.example.com/socket');
  });

  it('is where the request came to, without a public origin', async (t) => {
    const { port } = await setup(t, {});
    assert.equal(uriOf((await getWith(port, { host: 'a.example:8443' })).body), 'ws://a.example:8443/socket');
  });

  it('is where a proxy of ours says that the request came to', async (t) => {
    const { port } = await setup(t, {});
    const { body } = await getWith(port, {
      host: 'internal',
      'x-forwarded-host': 'a.example:8443',
      'x-forwarded-proto': 'https',
    });
    assert.equal(uriOf(body), 'wss://a.example:8443/socket');
  });

  it('is not where a proxy says that we do not trust', async (t) => {
    const { port } = await setup(t, { TRUST_PROXY: '192.0.2.1' });
    const headers = { host: 'a.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    assert.equal(uriOf((await getWith(port, headers)).body), 'ws://a.example/socket');
  });

  it('is refused where the host is none', async (t) => {
    const { port } = await setup(t, {});
    for (const host of ['', 'u@a.example', 'a.example/x', 'a example', 'a.example:0', 'a"b']) {
      const { status, body } = await getWith(port, { host });
      assert.equal(status, 400, host);
      assert.match(body, /"BAD_HOST"/);
    }
    assert.equal((await getWith(port, { host: 'a.example', 'x-forwarded-host': 'u@evil.example' })).status, 400);
  });
});

describe('the trace of an answer', () => {
  beforeEach(() => recorded.reset());

  const ended = async (count: number) => {
    while (recorded.ended().length < count) await new Promise(setImmediate);
    return recorded.ended();
  };

  it("is the call's root and the webhook below it", async (t) => {
    const { url } = await setup(t);
    await fetch(`${url}/ncco?${new URLSearchParams(fields)}`);
    const [server, root, ...more] = await ended(2);
    assert.equal(server?.name, 'GET /ncco');
    assert.deepEqual([server?.spanContext().traceId, server?.parentSpanContext?.spanId], [TRACE, ROOT]);
    assert.equal(root?.name, 'call');
    assert.deepEqual([root?.spanContext().traceId, root?.spanContext().spanId], [TRACE, ROOT]);
    assert.equal(root?.parentSpanContext, undefined);
    assert.deepEqual(root?.attributes, { 'kodama.conversation.uuid': CONVERSATION, 'kodama.leg.uuid': LEG });
    assert.deepEqual(more, []);
  });

  it('has one root, however often Vonage asks', async (t) => {
    const { url } = await setup(t);
    const body = JSON.stringify(fields);
    for (let i = 0; i < 3; i++) {
      await fetch(`${url}/webhooks/answer`, { method: 'POST', headers: JSON_TYPE, body });
    }
    const names = (await ended(4)).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name === 'call'),
      ['call'],
    );
    assert.equal(names.filter((name) => name === 'POST /webhooks/answer').length, 3);
  });

  it('is an ordinary one where the conversation has no UUID', async (t) => {
    const { url } = await setup(t);
    await fetch(`${url}/ncco?conversation_uuid=CON-1`);
    const [span, ...more] = await ended(1);
    assert.deepEqual([span?.name, span?.parentSpanContext], ['GET /ncco', undefined]);
    assert.deepEqual(more, []);
  });

  it('has its root even where the answer is a refusal', async (t) => {
    const { url } = await setup(t, {});
    await fetch(`${url}/ncco?${new URLSearchParams(fields)}`, { headers: { 'x-forwarded-host': 'u@evil' } });
    assert.deepEqual((await ended(2)).map(({ name }) => name).sort(), ['GET /ncco', 'call']);
  });

  it('is none where the request cannot be read', async (t) => {
    const { url } = await setup(t);
    await fetch(`${url}/ncco?uuid=a%20b&conversation_uuid=${CONVERSATION}`);
    await fetch(`${url}/ncco`, { method: 'POST', headers: JSON_TYPE, body: '[' });
    await fetch(`${url}/ncco?conversation_uuid=CON-1`);
    assert.equal((await ended(1)).length, 1);
  });
});

describe('health', () => {
  it('is that of the process, as nothing else is needed', async (t) => {
    const { url } = await setup(t);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal((await fetch(`${url}/readyz`)).status, 503, 'STARTING');
  });
});

describe('the answer webhook, when webhooks are verified', () => {
  const query = `${new URLSearchParams(fields)}`;
  const body = JSON.stringify(fields);
  const env = { ...SIGNING_ENV, PUBLIC_ORIGIN: 'https://kodama.example.com' };
  const get = (url: string, authorization?: string, its = query) =>
    fetch(`${url}/ncco?${its}`, authorization === undefined ? {} : { headers: { authorization } });
  const post = (url: string, authorization?: string) =>
    fetch(`${url}/ncco`, { method: 'POST', headers: { ...JSON_TYPE, ...(authorization && { authorization }) }, body });

  it('is answered by GET and by POST, also the second time', async (t) => {
    const { url } = await setup(t, env);
    const byGet = signed({ query });
    const byPost = signed({ body: Buffer.from(body) });
    for (let i = 0; i < 2; i++) {
      await nccoOf(await get(url, byGet));
      await nccoOf(await post(url, byPost));
    }
  });

  for (const { what, reason, authorization } of FORGERIES) {
    it(`is refused with ${what}, and is not told why`, async (t) => {
      const { url, lines } = await setup(t, env);
      const responses = [
        await get(url, authorization({ query })),
        await post(url, authorization({ body: Buffer.from(body) })),
      ];
      for (const response of responses) {
        assert.equal(response.headers.get('www-authenticate'), 'Bearer');
        const { error } = (await response.json()) as { error: { code: string; message: string } };
        assert.deepEqual(
          [response.status, error],
          [401, { code: 'WEBHOOK_NOT_VERIFIED', message: 'the webhook is not signed as it has to be' }],
        );
      }
      assert.deepEqual(
        lines.map(({ level, code, reason }) => [level, code, reason]),
        [
          ['warn', 'WEBHOOK_NOT_VERIFIED', reason],
          ['warn', 'WEBHOOK_NOT_VERIFIED', reason],
        ],
      );
      assert.doesNotMatch(JSON.stringify(lines), /Bearer|eyJ|signature-secret|14155550177/);
    });
  }

  it('is refused with a query that was changed', async (t) => {
    const { url } = await setup(t, env);
    for (const changed of [`${query}&x=1`, query.replace(LEG, 'another'), `uuid=another&${query}`]) {
      assert.deepEqual(await refusal(await get(url, signed({ query }), changed)), [401, 'WEBHOOK_NOT_VERIFIED']);
    }
  });

  it('gets one token for a socket, however often it is sent', async (t) => {
    const { url } = await setup(t, { ...env, SOCKET_AUTH: 'token', SOCKET_TOKEN_SECRETS: SECRET });
    const jtiOf = async (response: Response) => {
      const [, { endpoint }] = await nccoOf(response);
      const { value } = (endpoint[0] as { authorization?: { value: string } }).authorization ?? { value: '' };
      return new SocketTokens([SECRET], { nowMs: Date.now }).accept(bearerToken(value)).jti;
    };
    const authorization = signed({ query });
    const first = await jtiOf(await get(url, authorization));
    assert.equal(await jtiOf(await get(url, authorization)), first);
    assert.notEqual(await jtiOf(await get(url, signed({ query }))), first);
  });

  it('is of the query that was verified, and of no other', async (t) => {
    const { port, lines } = await setup(t, env);
    const authorization = signed({ query });
    for (const path of [`/ncco#?${query}`, `/ncco?uuid=another#?${query}`, `/ncco?${query}&uuid=another`]) {
      const { status } = await getWith(port, { host: 'a.example', authorization }, path);
      assert.equal(status, 401, path);
    }
    const { status, body } = await getWith(port, { host: 'a.example', authorization }, `/ncco?${query}#?uuid=another`);
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(body)[1].endpoint[0].headers.uuid, LEG);
    assert.equal(lines.at(-1)?.legUuid, LEG);
  });

  it('is refused before what it carries is read', async (t) => {
    const { url } = await setup(t, env);
    const broken = await fetch(`${url}/ncco`, { method: 'POST', headers: JSON_TYPE, body: '{"uuid":' });
    assert.deepEqual(await refusal(broken), [401, 'WEBHOOK_NOT_VERIFIED']);
    const authorization = signed({ body: Buffer.from('{"uuid":') });
    const signedBroken = await fetch(`${url}/ncco`, {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization },
      body: '{"uuid":',
    });
    assert.deepEqual(await refusal(signedBroken), [400, 'ANSWER_NOT_JSON']);
  });
});
