import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, ServerOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { closeHttpServer, createHttpServer, listen } from './http-server.ts';

function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('close', () => resolve());
  });
}

describe('an HTTP server', () => {
  test('keeps its time limit with a peer that never comes to the end of its headers', async () => {
    const server = createHttpServer(() => {}, { headersTimeout: 200 });
    const port = await listen(server, 0, '127.0.0.1');
    const slow = connect(port, '127.0.0.1');
    const before = performance.now();
    slow.write('GET / HTTP/1.1\r\n');
    const drip = setInterval(() => slow.write('x: y\r\n'), 50);
    const answer = once(slow, 'data');
    const cut = gone(slow);
    assert.match(String((await answer)[0]), /^HTTP\/1\.1 408 /);
    clearInterval(drip);
    await cut;
    assert.ok(performance.now() - before < 3000);
    await closeHttpServer(server);
  });
});

/** Sends this, and gives back all that comes until the connection is closed. */
async function answerTo(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request, 'latin1');
  return text(socket);
}

function refusal(status: string, code: string, message: string): string {
  const body = JSON.stringify({ error: { code, message } });
  return [
    `HTTP/1.1 ${status}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

const UNREADABLE = refusal('400 Bad Request', 'BAD_REQUEST', 'the request cannot be read');

async function started(listener: RequestListener, limits?: ServerOptions) {
  const server = createHttpServer(listener, limits);
  const port = await listen(server, 0, '127.0.0.1');
  return { server, port, [Symbol.asyncDispose]: () => closeHttpServer(server, { graceMs: 50 }) };
}

describe('an HTTP server answers in JSON', () => {
  for (const [name, request] of [
    ['a method that is none', 'FOO /ncco HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a header with a control character', 'GET /ncco HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n'],
    ['what is no HTTP', 'hello\r\n\r\n'],
    ['a chunk of no size', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ] as const) {
    test(name, async () => {
      await using server = await started((request) => void request.on('error', () => {}));
      assert.equal(await answerTo(server.port, request), UNREADABLE);
    });
  }

  test('a header that is too large', async () => {
    await using server = await started(() => {});
    assert.equal(
      await answerTo(server.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(16_384)}`),
      refusal('431 Request Header Fields Too Large', 'HEADERS_TOO_LARGE', 'the header is larger than 16384 bytes'),
    );
  });

  test('a header, and a body, that does not come to its end', async () => {
    await using server = await started((request) => void request.on('error', () => {}), {
      headersTimeout: 100,
      requestTimeout: 200,
      connectionsCheckingInterval: 20,
    });
    const late = refusal('408 Request Timeout', 'REQUEST_TIMEOUT', 'the request did not come to its end in time');
    assert.equal(await answerTo(server.port, 'GET / HTTP/1.1\r\n'), late);
    assert.equal(await answerTo(server.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{'), late);
  });

  test('but puts nothing into an answer that has begun', async () => {
    await using server = await started((request, response) => {
      request.on('error', () => {});
      response.writeHead(200, { 'content-length': '100' });
      response.write('begun');
    });
    const socket = connect(server.port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    await once(socket, 'data');
    socket.write('zz\r\n');
    await gone(socket);
    assert.match(received, /^HTTP\/1\.1 200 [\s\S]*\r\n\r\nbegun$/);
  });

  test('after another answer on the same connection', async () => {
    await using server = await started((_request, response) => void response.end('done'));
    const socket = connect(server.port, '127.0.0.1');
    const all = text(socket);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    socket.write('FOO / HTTP/1.1\r\n\r\n');
    assert.ok((await all).endsWith(`done${UNREADABLE}`), await all);
  });

  test('and gets over a peer that is gone', async () => {
    await using server = await started((request) => void request.on('error', () => {}));
    const socket = connect(server.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{');
    await once(server.server, 'request');
    const refused = once(server.server, 'clientError');
    socket.resetAndDestroy();
    const [error, served] = await refused;
    assert.equal(error.code, 'ECONNRESET');
    assert.equal(served.destroyed, true);
    assert.equal(await answerTo(server.port, 'hello\r\n\r\n'), UNREADABLE);
  });
});

describe('closing an HTTP server', () => {
  test('cuts a connection that never sends a request, and one that sends half of it', async () => {
    const server = createHttpServer(() => {});
    const port = await listen(server, 0, '127.0.0.1');
    const silent = connect(port, '127.0.0.1');
    const half = connect(port, '127.0.0.1');
    await Promise.all([once(silent, 'connect'), once(half, 'connect')]);
    half.write('GET / HTTP/1.1\r\nHost:');
    const cut = Promise.all([silent, half].map(gone));
    await closeHttpServer(server, { graceMs: 50 });
    await cut;
  });

  test('lets a request under way finish', async () => {
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
    const { promise: mayAnswer, resolve: letAnswer } = Promise.withResolvers<void>();
    const server = createHttpServer(async (_request, response) => {
      onAsked();
      await mayAnswer;
      response.end('done');
    });
    const port = await listen(server, 0, '127.0.0.1');
    const answer = fetch(`http://127.0.0.1:${port}`);
    await asked;
    const closed = closeHttpServer(server, { graceMs: 10_000 });
    letAnswer();
    assert.equal(await (await answer).text(), 'done');
    await closed;
  });

  test('is done at once where the server never listened', async () => {
    await closeHttpServer(createHttpServer(() => {}));
  });
});
