import assert from 'node:assert/strict';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import { Lifecycle } from '@kodama/shared/lifecycle';
import { InMemorySeen, WebhookVerifier } from '@kodama/shared/signing';
import { FORGERIES, memoryLogger, recordSpans, SIGNING, serve, signed } from '@kodama/shared/testing';
import { createEventsApp } from './app.ts';
import {
  type CallEventPublisher,
  NotConnectedError,
  PublishTimeoutError,
  StreamFullError,
  StreamUnavailableError,
} from './publishing/call-event-publisher.ts';
import { InMemoryPublisher } from './publishing/in-memory-publisher.ts';

const recorded = recordSpans();
const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
const LEG = '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55';
const TRACE = '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10';
const answered = {
  from: '14155550177',
  to: '12025550123',
  uuid: LEG,
  conversation_uuid: CONVERSATION,
  status: 'answered',
  timestamp: '2026-03-04T10:11:12.345Z',
};

async function setup(
  t: TestContext,
  publisher: CallEventPublisher = new InMemoryPublisher(),
  verifier?: WebhookVerifier,
) {
  const { logger, lines } = memoryLogger();
  const lifecycle = new Lifecycle(logger);
  const server = await serve(createEventsApp({ publisher, verifier, logger, lifecycle, checks: {} }));
  t.after(() => server[Symbol.asyncDispose]());
  const url = `${server.url}/webhooks/event`;
  const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
    fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
  return { url, base: server.url, post, lines };
}

async function outcome(response: Response): Promise<[number, unknown]> {
  const body = await response.text();
  return [response.status, body === '' ? '' : JSON.parse(body).error.code];
}

const failing = (error: Error): CallEventPublisher => ({ stream: 'CALLS', publish: () => Promise.reject(error) });

describe('the event webhook', () => {
  for (const path of ['/webhooks/event', '/webhooks/events']) {
    it(`publishes POST ${path} as it came, and answers 204 with nothing`, async (t) => {
      const publisher = new InMemoryPublisher();
      const { base } = await setup(t, publisher);
      const body = ` ${JSON.stringify(answered, null, '\t')}\r\n`;
      const response = await fetch(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      assert.deepEqual([response.status, await response.text()], [204, '']);
      assert.equal(Buffer.from(publisher.messages[0]?.body ?? []).toString(), body);
      assert.equal(publisher.messages[0]?.subject, `calls.${CONVERSATION}.${LEG}.answered`);
    });

    it(`publishes GET ${path} as the JSON that its query would have been`, async (t) => {
      const publisher = new InMemoryPublisher();
      const { base } = await setup(t, publisher);
      const query = new URLSearchParams({ ...answered, headers: '{"leg":"a"}', to: 'wss://a.example/socket?x=1' });
      const response = await fetch(`${base}${path}?${query}`);
      assert.deepEqual([response.status, await response.text()], [204, '']);
      assert.equal(
        Buffer.from(publisher.messages[0]?.body ?? []).toString(),
        JSON.stringify({ ...answered, to: 'wss://a.example/socket?x=1', headers: { leg: 'a' } }),
      );
    });
  }

  it('answers only when the event is kept', async (t) => {
    const kept = Promise.withResolvers<{ sequence: number; duplicate: boolean }>();
    const asked = Promise.withResolvers<void>();
    const publish = () => {
      asked.resolve();
      return kept.promise;
    };
    const { post } = await setup(t, { stream: 'CALLS', publish });
    let answeredYet = false;
    const response = post(JSON.stringify(answered)).finally(() => {
      answeredYet = true;
    });
    await asked.promise;
    await new Promise(setImmediate);
    assert.equal(answeredYet, false);
    kept.resolve({ sequence: 1, duplicate: false });
    assert.equal((await response).status, 204);
  });

  it('answers a repeated event as the first, and keeps one', async (t) => {
    const publisher = new InMemoryPublisher();
    const { post, lines } = await setup(t, publisher);
    for (let i = 0; i < 3; i++) assert.equal((await post(JSON.stringify(answered))).status, 204);
    assert.equal(publisher.messages.length, 1);
    assert.deepEqual(
      lines.map(({ duplicate, sequence }) => [duplicate, sequence]),
      [
        [false, 1],
        [true, 1],
        [true, 1],
      ],
    );
  });

  it('takes an object of any kind', async (t) => {
    const { post } = await setup(t);
    for (const body of ['{}', '{"status":7}', '{"constructor":"x"}', '{"uuid":{"a":[]}}']) {
      assert.deepEqual(await outcome(await post(body)), [204, ''], body.slice(0, 50));
    }
  });

  it('refuses what no consumer should have to read, by POST and by GET', async (t) => {
    const publisher = new InMemoryPublisher();
    const { post, url } = await setup(t, publisher);
    const deep = `${'['.repeat(2000)}${']'.repeat(2000)}`;
    for (const [value, code] of [
      [deep, 'BODY_TOO_DEEP'],
      ['{"__proto__":{"status":"completed"}}', 'BODY_FORBIDDEN_KEY'],
      ['{"constructor":{"prototype":{}}}', 'BODY_FORBIDDEN_KEY'],
    ]) {
      assert.deepEqual(await outcome(await post(`{"payload":${value}}`)), [400, code]);
      const get = await fetch(`${url}?payload=${encodeURIComponent(value ?? '')}`);
      assert.deepEqual(await outcome(get), [400, code]);
    }
    assert.deepEqual(await outcome(await fetch(`${url}?__proto__=completed`)), [400, 'BODY_FORBIDDEN_KEY']);
    assert.equal(publisher.messages.length, 0);
  });

  it('logs an unexpected failure as an error, with the call that it befell', async (t) => {
    const { post, lines } = await setup(t, failing(new Error('a fault of ours')));
    assert.deepEqual(await outcome(await post(JSON.stringify(answered))), [500, 'INTERNAL']);
    assert.deepEqual(
      lines.map(({ level, conversationUuid, legUuid, traceId }) => [level, conversationUuid, legUuid, traceId]),
      [['error', CONVERSATION, LEG, TRACE]],
    );
  });

  it('refuses what is no JSON object', async (t) => {
    const { post } = await setup(t);
    for (const body of ['', '{', 'a=b', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
      assert.deepEqual(await outcome(await post(body)), [400, 'EVENT_NOT_JSON']);
    }
    for (const body of ['[]', 'null', '"a"', '5']) {
      assert.deepEqual(await outcome(await post(body)), [400, 'EVENT_NOT_OBJECT'], body);
    }
  });

  it('refuses what is too large, or of another type', async (t) => {
    const { post } = await setup(t);
    assert.deepEqual(await outcome(await post(`{"a":"${'x'.repeat(65_536)}"}`)), [413, 'BODY_TOO_LARGE']);
    assert.deepEqual(await outcome(await post('{}', 'text/plain')), [415, 'CONTENT_TYPE_UNSUPPORTED']);
    assert.deepEqual(await outcome(await post('{}', 'application/json; charset=latin1')), [
      415,
      'CONTENT_TYPE_UNSUPPORTED',
    ]);
  });

  it('refuses a GET with nothing in it', async (t) => {
    const { url } = await setup(t);
    assert.deepEqual(await outcome(await fetch(url)), [400, 'EVENT_EMPTY']);
    assert.deepEqual(await outcome(await fetch(`${url}?`)), [400, 'EVENT_EMPTY']);
  });

  it('takes GET and POST only; a HEAD is no event', async (t) => {
    const publisher = new InMemoryPublisher();
    const { url } = await setup(t, publisher);
    for (const method of ['HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${url}?status=answered`, { method });
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, POST'], method);
    }
    assert.equal(publisher.messages.length, 0);
  });

  for (const error of [
    new NotConnectedError(),
    new PublishTimeoutError(2000),
    new StreamUnavailableError(new Error('no responders')),
    new StreamFullError(),
  ]) {
    it(`answers 503 and ${error.code}, for Vonage to try again`, async (t) => {
      const { post, lines } = await setup(t, failing(error));
      const response = await post(JSON.stringify(answered));
      assert.equal(response.headers.get('retry-after'), '1');
      assert.deepEqual(await outcome(response), [503, error.code]);
      assert.deepEqual(
        lines.map(({ code, level }) => [code, level]),
        [[error.code, 'warn']],
      );
      const { conversationUuid, legUuid, traceId, kind } = lines[0] ?? {};
      assert.deepEqual(
        { conversationUuid, legUuid, traceId, kind },
        { conversationUuid: CONVERSATION, legUuid: LEG, traceId: TRACE, kind: 'answered' },
      );
    });
  }

  it('writes one line an event, with its ids, and neither its body nor a number', async (t) => {
    const { post, lines } = await setup(t);
    await post(JSON.stringify(answered));
    const [{ ms, ...line } = {}, ...more] = lines.map(({ time, service, ...rest }) => rest as Record<string, unknown>);
    assert.deepEqual(line, {
      level: 'info',
      msg: 'event published',
      conversationUuid: CONVERSATION,
      legUuid: LEG,
      traceId: TRACE,
      kind: 'answered',
      sequence: 1,
      duplicate: false,
    });
    assert.ok(typeof ms === 'number' && ms > 0);
    assert.deepEqual(more, []);
    assert.doesNotMatch(JSON.stringify(lines), /14155550177|12025550123/);
  });

  it('does not let an endless id into the log', async (t) => {
    const { post, lines } = await setup(t);
    assert.equal((await post(JSON.stringify({ ...answered, uuid: 'x'.repeat(60_000) }))).status, 204);
    assert.ok(JSON.stringify(lines).length < 1000);
  });
});

describe('the trace of an event', () => {
  beforeEach(() => recorded.reset());

  const ended = async (count: number) => {
    while (recorded.ended().length < count) await new Promise(setImmediate);
    return recorded.ended();
  };

  it('is the webhook below the root of its call, and the publish below that', async (t) => {
    const publisher = new InMemoryPublisher();
    const { post } = await setup(t, publisher);
    await post(JSON.stringify(answered));
    const [publish, server, ...more] = await ended(2);
    assert.equal(server?.name, 'POST /webhooks/event');
    assert.equal(server?.parentSpanContext?.spanId, '9a555f0a6f1e9d10');
    assert.equal(publish?.name, 'publish CALLS');
    assert.equal(publish?.parentSpanContext?.spanId, server?.spanContext().spanId);
    const traces = new Set([server, publish].map((span) => span?.spanContext().traceId));
    assert.deepEqual(traces, new Set([TRACE]));
    assert.match(publisher.messages[0]?.headers.get('traceparent') ?? '', /^00-5b1b0f3e3b0f4f7e9a555f0a6f1e9d10-/);
    assert.deepEqual(more, []);
  });

  it('is none where the request is refused', async (t) => {
    const { post, url } = await setup(t);
    await post('[');
    await post('[]');
    await post('{}', 'text/plain');
    await fetch(url);
    await fetch(`${url}?status=answered`);
    const [publish, server, ...more] = await ended(2);
    assert.deepEqual([publish?.name, server?.name, more], ['publish CALLS', 'GET /webhooks/event', []]);
    assert.equal(server?.parentSpanContext, undefined);
  });
});

describe('the event webhook, when webhooks are verified', () => {
  const rules = {
    secrets: [SIGNING.secret],
    apiKeys: [SIGNING.apiKey],
    applicationIds: [SIGNING.applicationId],
    windowSeconds: 300,
  };
  const body = Buffer.from(JSON.stringify(answered));
  const query = `${new URLSearchParams(answered)}`;

  async function verified(t: TestContext, mode: 'signature' | 'signature+hash' = 'signature+hash') {
    const publisher = new InMemoryPublisher();
    const verifier = new WebhookVerifier({ ...rules, mode }, { nowMs: Date.now, seen: new InMemorySeen() });
    const { url, lines } = await setup(t, publisher, verifier);
    const headersOf = (authorization?: string) => (authorization === undefined ? {} : { authorization });
    const post = (authorization?: string, its = body) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headersOf(authorization) },
        body: its,
      });
    const get = (authorization?: string, its = query) => fetch(`${url}?${its}`, { headers: headersOf(authorization) });
    return { publisher, lines, post, get };
  }

  for (const mode of ['signature+hash', 'signature'] as const) {
    it(`publishes what is signed, once, however often it is delivered (${mode})`, async (t) => {
      const { publisher, post, get } = await verified(t, mode);
      const authorization = signed({ body });
      for (let i = 0; i < 3; i++) assert.equal((await post(authorization)).status, 204);
      // A retry may be signed anew.
      assert.equal((await post(signed({ body }))).status, 204);
      assert.equal((await get(signed({ query }))).status, 204);
      assert.equal(publisher.messages.length, 1);
    });

    it(`takes no token for another payload (${mode})`, async (t) => {
      const { publisher, post, get } = await verified(t, mode);
      const authorization = signed({ body });
      assert.equal((await post(authorization)).status, 204);
      const swapped = Buffer.from(JSON.stringify({ ...answered, status: 'completed' }));
      assert.deepEqual(await outcome(await post(authorization, swapped)), [401, 'WEBHOOK_NOT_VERIFIED']);
      assert.deepEqual(await outcome(await get(authorization, 'status=busy')), [401, 'WEBHOOK_NOT_VERIFIED']);
      assert.equal((await post(authorization)).status, 204);
      assert.equal(publisher.messages.length, 1);
    });
  }

  it('keeps once what is sent again in its other form: a POST of what a GET was signed for', async (t) => {
    const { publisher, post, get } = await verified(t);
    const input = { conversation_uuid: CONVERSATION, dtmf: '{"digits":"1"}' };
    const its = `${new URLSearchParams(input)}`;
    const authorization = signed({ query: its });
    assert.equal((await get(authorization, its)).status, 204);
    assert.equal((await post(authorization, Buffer.from(JSON.stringify(input)))).status, 204);
    assert.equal(publisher.messages.length, 1);
  });

  for (const { what, reason, authorization } of FORGERIES) {
    it(`refuses ${what}, by POST and by GET: ${reason}`, async (t) => {
      const { publisher, lines, post, get } = await verified(t);
      for (const response of [await post(authorization({ body })), await get(authorization({ query }))]) {
        assert.equal(response.headers.get('www-authenticate'), 'Bearer');
        assert.deepEqual(await outcome(response), [401, 'WEBHOOK_NOT_VERIFIED']);
      }
      assert.deepEqual(
        lines.map(({ level, code, reason }) => [level, code, reason]),
        Array.from({ length: 2 }, () => ['warn', 'WEBHOOK_NOT_VERIFIED', reason]),
      );
      assert.doesNotMatch(JSON.stringify(lines), /Bearer|eyJ|signature-secret|14155550177/);
      assert.equal(publisher.messages.length, 0);
    });
  }
});
