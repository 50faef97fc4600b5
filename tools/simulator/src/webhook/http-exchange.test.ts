import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { suite, test } from 'node:test';
import { startApplicationServer } from '../testing/application.ts';
import { selfSignedCertificate } from '../testing/certificates.ts';
import { startFullServer } from '../testing/full-server.ts';
import { exchange, type HttpRequest } from './http-exchange.ts';

async function listen(server: Server & { closeAllConnections?: () => void }) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    url: new URL(`http://127.0.0.1:${port}/hook`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections?.();
      server.close();
      await once(server, 'close');
    },
  };
}

const startServer = (listener: RequestListener) => listen(createServer(listener));

const request = (url: URL, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  method: 'POST',
  headers: {},
  body: undefined,
  connectLimitMs: 1000,
  replyLimitMs: 1000,
  tries: 2,
  retriedStatuses: [503],
  ...more,
});

suite('exchange', { concurrency: 8 }, () => {
  test('sends the body and the headers as they are', async () => {
    await using application = await startApplicationServer();
    const body = Buffer.from('{"a": 1}');
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const reply = await exchange(request(new URL(application.eventUrl), { body, headers }));
    assert.deepEqual([reply.status, reply.body, reply.attempts], [204, '', 1]);
    const seen = await application.events.first();
    assert.deepEqual([seen.method, seen.raw.toString()], ['POST', '{"a": 1}']);
    assert.deepEqual([seen.headers['content-type'], seen.headers['content-length']], ['application/json', '8']);
  });

  test('a reply that takes too long gets one more try, then the second reply counts', async () => {
    let tries = 0;
    await using server = await startServer((_, response) => {
      tries++;
      if (tries > 1) response.end('late but there');
    });
    const reply = await exchange(request(server.url, { replyLimitMs: 500 }));
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
      message: `no complete reply from ${server.origin} within 100 ms`,
      attempts: 2,
    });
    assert.equal(tries, 2);
  });

  test('a connection that does not open is given up at the last try', async () => {
    await using server = await startFullServer();
    await assert.rejects(exchange(request(new URL(server.origin), { connectLimitMs: 100, tries: 3 })), {
      code: 'CONNECT_TIMEOUT',
      message: `no connection to ${server.origin} within 100 ms`,
      attempts: 3,
    });
  });

  test('a status that is not retried comes back at once', async () => {
    await using server = await startServer((_, response) => response.writeHead(500).end());
    const reply = await exchange(request(server.url));
    assert.deepEqual(reply, { status: 500, contentType: undefined, body: '', attempts: 1 });
  });

  test('a status that is retried comes back at the last try', async () => {
    await using server = await startServer((_, response) => response.writeHead(503).end());
    const reply = await exchange(request(server.url, { tries: 3 }));
    assert.deepEqual([reply.status, reply.attempts], [503, 3]);
  });

  test('a connection that is closed without a reply, or in the middle of one, gets another try', async () => {
    for (const begun of [false, true]) {
      let tries = 0;
      await using server = await startServer((_, response) => {
        tries++;
        if (begun) response.write('[', () => response.destroy());
        else response.destroy();
      });
      await assert.rejects(exchange(request(server.url)), {
        code: 'CONNECTION_RESET',
        message: `${server.origin} closed the connection before its reply was complete`,
        attempts: 2,
      });
      assert.equal(tries, 2);
    }
  });

  test('a server that is not there is told of at once', async () => {
    const server = await startServer(() => {});
    await server[Symbol.asyncDispose]();
    await assert.rejects(exchange(request(server.url)), {
      code: 'CONNECTION_REFUSED',
      message: `nothing listens on ${server.origin}`,
      attempts: 1,
    });
  });

  test('a reply of 1 MiB is whole, and one byte more is cut', async () => {
    for (const [bytes, isCut] of [
      [1024 * 1024, false],
      [1024 * 1024 + 1, true],
    ] as const) {
      await using server = await startServer((_, response) => response.end(Buffer.alloc(bytes, 'a')));
      const reply = exchange(request(server.url, { replyLimitMs: 5000 }));
      if (isCut) await assert.rejects(reply, { code: 'REPLY_TOO_LARGE', attempts: 1 });
      else assert.equal((await reply).body.length, bytes);
    }
  });

  test('a redirect is not followed', async () => {
    await using application = await startApplicationServer({
      paths: { '/moved': { status: 302, headers: { location: '/webhooks/answer' } } },
    });
    assert.equal((await exchange(request(new URL('/moved', application.origin)))).status, 302);
    assert.equal(application.requests.all.length, 1);
  });

  test('a reply that is not HTTP is told of', async () => {
    await using server = await listen(
      createTcpServer(
        (socket) =>
          void socket
            .on('error', () => {})
            .resume()
            .end('hello\r\n\r\n'),
      ),
    );
    await assert.rejects(exchange(request(server.url)), {
      code: 'UNREACHABLE',
      message: new RegExp(`^the reply of ${server.origin} is not HTTP: `),
      attempts: 1,
    });
  });

  test('a reply that switches protocols is none, and is told of at once', async () => {
    await using server = await startServer((incoming) =>
      incoming.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n'),
    );
    await assert.rejects(exchange(request(server.url)), {
      code: 'UNREACHABLE',
      message: `${server.origin} switched protocols (status 101) instead of replying`,
      attempts: 1,
    });
  });

  test('an address that cannot be asked is an error like any other', async () => {
    await assert.rejects(exchange(request(new URL('http://%E0%A4%A@127.0.0.1:1/x'))), {
      code: 'UNREACHABLE',
      message: 'http://127.0.0.1:1 cannot be asked: URI malformed',
    });
  });

  test('https where http is spoken is told of', async () => {
    await using server = await startServer((_, response) => response.end());
    const url = new URL(server.url.href.replace('http:', 'https:'));
    await assert.rejects(exchange(request(url)), {
      code: 'UNREACHABLE',
      message: `${url.origin} does not speak TLS, which its URL says`,
      attempts: 1,
    });
  });

  test('a certificate that nobody has signed is refused, unless any is trusted', async () => {
    await using application = await startApplicationServer({ certificate: await selfSignedCertificate() });
    const url = new URL(application.eventUrl);
    await assert.rejects(exchange(request(url)), {
      code: 'BAD_CERTIFICATE',
      message: `${url.origin} cannot be trusted: its certificate is self-signed`,
      attempts: 1,
    });
    assert.equal((await exchange(request(url, { isTrusting: true }))).status, 204);
  });

  test('a signal ends it, before and while it waits', async () => {
    await using application = await startApplicationServer({ events: 'no-reply' });
    const url = new URL(application.eventUrl);
    const expected = { code: 'HUNG_UP', message: 'the caller hung up before the reply came', attempts: 1 };
    await assert.rejects(exchange(request(url, { signal: AbortSignal.abort() })), expected);
    const controller = new AbortController();
    const reply = exchange(request(url, { replyLimitMs: 10_000, signal: controller.signal }));
    await application.events.first();
    controller.abort();
    await assert.rejects(reply, expected);
  });
});
