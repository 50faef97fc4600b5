import assert from 'node:assert/strict';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { startApplicationServer } from './application.ts';
import {
  type Certificate,
  certificateOf,
  expiredCertificate,
  futureCertificate,
  selfSignedCertificate,
} from './certificates.ts';
import { inTurn } from './http-reply.ts';

const good = (socketUri: string) => [
  { action: 'connect', endpoint: [{ type: 'websocket', uri: socketUri, 'content-type': 'audio/l16;rate=16000' }] },
];

describe('the answer of an application', () => {
  it('connects the call to its socket unless told otherwise', async () => {
    await using app = await startApplicationServer();
    const reply = await fetch(`${app.answerUrl}?to=1&from=2`);
    assert.equal(reply.status, 200);
    assert.equal(reply.headers.get('content-type'), 'application/json');
    assert.deepEqual(await reply.json(), good(app.socketUri));
    const [request] = app.answers.all;
    assert.deepEqual(
      [request?.method, request?.path, request?.query],
      ['GET', '/webhooks/answer', { to: '1', from: '2' }],
    );
    assert.deepEqual(request?.fields, { to: '1', from: '2' });
  });

  it('has the keys that are given for the connect action and its endpoint', async () => {
    await using app = await startApplicationServer({
      connect: { eventType: 'synchronous' },
      endpoint: { 'content-type': 'audio/l16;rate=8000', authorization: { type: 'vonage' } },
    });
    const [action] = (await (await fetch(app.answerUrl)).json()) as [Record<string, unknown>];
    assert.equal(action.eventType, 'synchronous');
    assert.deepEqual(action.endpoint, [
      {
        type: 'websocket',
        uri: app.socketUri,
        'content-type': 'audio/l16;rate=8000',
        authorization: { type: 'vonage' },
      },
    ]);
  });

  it('is any NCCO, or one that is made of the request', async () => {
    await using fixed = await startApplicationServer({ answer: [{ action: 'talk', text: 'Hello' }] });
    assert.deepEqual(await (await fetch(fixed.answerUrl)).json(), [{ action: 'talk', text: 'Hello' }]);
    await using made = await startApplicationServer({
      answer: ({ fields }, { ncco }) => [...ncco, { action: 'talk', text: String(fields.from) }],
    });
    const reply = await fetch(made.answerUrl, { method: 'POST', body: '{"from":"14155550177"}' });
    assert.deepEqual(await reply.json(), [...good(made.socketUri), { action: 'talk', text: '14155550177' }]);
  });

  it('differs from the usual one in nothing but what is given', async () => {
    await using html = await startApplicationServer({ answer: { contentType: 'text/html' } });
    const reply = await fetch(html.answerUrl);
    assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'text/html']);
    assert.deepEqual(await reply.json(), good(html.socketUri));

    await using raw = await startApplicationServer({ answer: { body: '[{"action":' } });
    assert.equal(await (await fetch(raw.answerUrl)).text(), '[{"action":');

    await using moved = await startApplicationServer({ answer: { status: 302, headers: { location: '/elsewhere' } } });
    const redirect = await fetch(moved.answerUrl, { redirect: 'manual' });
    assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, '/elsewhere']);
  });

  it('comes late when told so', async () => {
    await using app = await startApplicationServer({ answer: { delayMs: 50 } });
    const start = performance.now();
    assert.deepEqual(await (await fetch(app.answerUrl)).json(), good(app.socketUri));
    // Node's timers may end a fraction of a millisecond early.
    assert.ok(performance.now() - start >= 49);
  });

  it('does not come at all, and the connection is open or closed', async () => {
    await using mute = await startApplicationServer({ answer: 'no-reply' });
    const limit = new AbortController();
    const waiting = fetch(mute.answerUrl, { signal: limit.signal });
    await mute.answers.first();
    limit.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    await using closing = await startApplicationServer({ answer: 'hang-up' });
    await assert.rejects(fetch(closing.answerUrl), TypeError);
  });

  it('differs from try to try', async () => {
    await using app = await startApplicationServer({ answer: inTurn({ status: 503 }, {}) });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await fetch(app.answerUrl)).status);
    assert.deepEqual(statuses, [503, 200, 200]);
    assert.equal(app.answers.all.length, 3);
  });

  it('may be written by the function itself', async () => {
    await using app = await startApplicationServer({
      answer: (_, { ncco }, response) => {
        response.writeHead(200, 'Fine', { 'content-type': 'application/json' });
        response.end(JSON.stringify(ncco));
        return 'no-reply';
      },
    });
    const reply = await fetch(app.answerUrl);
    assert.equal(reply.statusText, 'Fine');
    assert.deepEqual(await reply.json(), good(app.socketUri));
  });

  it('has a fallback of its own', async () => {
    await using app = await startApplicationServer({ answer: { status: 500 }, fallback: [] });
    assert.equal((await fetch(app.answerUrl)).status, 500);
    assert.deepEqual(await (await fetch(app.fallbackUrl)).json(), []);
    assert.deepEqual([app.answers.all.length, app.fallbacks.all.length, app.requests.all.length], [1, 1, 2]);
  });
});

describe('the events of an application', () => {
  it('are answered by an empty 204 and written down byte by byte', async () => {
    await using app = await startApplicationServer();
    const body = '{ "status": "ringing" }';
    const before = performance.now();
    const reply = await fetch(app.eventUrl, { method: 'POST', body, headers: { authorization: 'Bearer x' } });
    assert.deepEqual([reply.status, await reply.text()], [204, '']);
    await fetch(`${app.origin}/webhooks/leg?status=answered`);
    const [posted, got] = app.events.all;
    assert.deepEqual([posted?.method, posted?.path, posted?.raw], ['POST', '/webhooks/events', Buffer.from(body)]);
    assert.deepEqual(posted?.json, { status: 'ringing' });
    assert.equal(posted?.headers.authorization, 'Bearer x');
    assert.ok(posted && posted.atMs >= before && posted.atMs <= performance.now());
    assert.deepEqual([got?.method, got?.path, got?.fields], ['GET', '/webhooks/leg', { status: 'answered' }]);
  });

  it('may be answered by an NCCO, one kind of them', async () => {
    await using app = await startApplicationServer({
      events: ({ fields }, { ncco }) => (fields.status === 'disconnected' ? ncco : undefined),
    });
    const send = (status: string) => fetch(app.eventUrl, { method: 'POST', body: JSON.stringify({ status }) });
    assert.equal((await send('completed')).status, 204);
    const reply = await send('disconnected');
    assert.deepEqual([reply.status, await reply.json()], [200, good(app.socketUri)]);
  });

  it('may have a body that is not JSON', async () => {
    await using app = await startApplicationServer({ events: { status: 500, contentType: 'text/plain', body: 'no' } });
    const reply = await fetch(app.eventUrl, { method: 'POST', body: 'status=ringing' });
    assert.deepEqual([reply.status, await reply.text()], [500, 'no']);
    const [event] = app.events.all;
    assert.deepEqual([event?.json, event?.fields], [undefined, {}]);
  });
});

describe('other paths of an application', () => {
  it('are a tone, those that are given, and nothing else', async () => {
    await using app = await startApplicationServer({ paths: { '/elsewhere': (_, { ncco }) => ncco } });
    const audio = await fetch(app.audioUrl);
    assert.equal(audio.headers.get('content-type'), 'audio/wav');
    const bytes = Buffer.from(await audio.arrayBuffer());
    assert.deepEqual([bytes.toString('latin1', 0, 4), bytes.length], ['RIFF', 44 + 32_000]);
    assert.deepEqual(await (await fetch(`${app.origin}/elsewhere`)).json(), good(app.socketUri));
    assert.equal((await fetch(`${app.origin}/nowhere`)).status, 404);
  });
});

describe('the certificate of an application', () => {
  /** Asks the answer URL as a client that trusts this certificate, or, without one, those of public authorities. */
  async function ask(answerUrl: string, ca?: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const options = { agent: false, ...(ca !== undefined && { ca }) };
    requestHttps(answerUrl, options, (reply) => text(reply).then((body) => resolve(JSON.parse(body)), reject))
      .on('error', reject)
      .end();
    return promise;
  }

  it('is good for a client that trusts it, and for no other', async () => {
    const certificate = await selfSignedCertificate();
    await using app = await startApplicationServer({ certificate });
    assert.match(app.answerUrl, /^https:\/\/127\.0\.0\.1:\d+\/webhooks\/answer$/);
    assert.match(app.socketUri, /^wss:/);
    assert.deepEqual(await ask(app.answerUrl, certificate.cert), good(app.socketUri));
    await assert.rejects(ask(app.answerUrl), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  const faults: readonly [string, () => Promise<Certificate>, string][] = [
    ['expired', expiredCertificate, 'CERT_HAS_EXPIRED'],
    ['not valid yet', futureCertificate, 'CERT_NOT_YET_VALID'],
    ['of another host', () => certificateOf('voice.example.com'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ];
  for (const [fault, make, code] of faults) {
    it(`may be ${fault}`, async () => {
      const certificate = await make();
      await using app = await startApplicationServer({ certificate });
      await assert.rejects(ask(app.answerUrl, certificate.cert), { code });
      assert.equal(app.requests.all.length, 0);
    });
  }
});
