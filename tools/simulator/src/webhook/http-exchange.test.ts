import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { exchange, type HttpRequest } from './http-exchange.ts';

async function startServer(listener: RequestListener): Promise<AsyncDisposable & { url: URL }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const request = (url: URL, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  method: 'POST',
  fields: {},
  connectLimitMs: 1000,
  replyLimitMs: 1000,
  retriedStatuses: [503],
  ...more,
});

test('a reply that takes too long gets one more try, then the second reply counts', async () => {
  let tries = 0;
  await using server = await startServer((_, response) => {
    tries++;
    if (tries > 1) response.end('late but there');
  });
  const reply = await exchange(request(server.url, { replyLimitMs: 100 }));
  assert.deepEqual([reply.status, reply.body, reply.attempts], [200, 'late but there', 2]);
});

test('a reply whose body does not end is a time-out too', async () => {
  let tries = 0;
  await using server = await startServer((_, response) => {
    tries++;
    response.write('[');
  });
  await assert.rejects(exchange(request(server.url, { replyLimitMs: 100 })), {
    code: 'REPLY_TIMEOUT',
    message: 'no complete reply within 100 ms',
  });
  assert.equal(tries, 2);
});

test('a status that is not retried comes back at once', async () => {
  await using server = await startServer((_, response) => response.writeHead(500).end());
  assert.deepEqual(await exchange(request(server.url)), { status: 500, contentType: undefined, body: '', attempts: 1 });
});

test('GET puts fields into the query: nested ones as JSON text, null ones not at all', async () => {
  await using server = await startServer((incoming, response) => response.end(incoming.url));
  const fields = { status: 'answered', rate: null, headers: { leg: 'a b' } };
  const { body } = await exchange(request(server.url, { method: 'GET', fields }));
  assert.equal(body, '/hook?status=answered&headers=%7B%22leg%22%3A%22a+b%22%7D');
});

test('a reply without end is cut', async () => {
  await using server = await startServer((_, response) => response.end(Buffer.alloc(2 * 1024 * 1024)));
  await assert.rejects(exchange(request(server.url)), { code: 'REPLY_TOO_LARGE' });
});
