import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
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
