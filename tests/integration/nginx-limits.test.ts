import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedNetwork } from 'testcontainers';
import { type Container, type Nginx, startNetwork, startNginx } from '../support/containers.ts';
import { lines, RawConnection } from '../support/raw-http.ts';
import { startUpstream } from '../support/upstreams.ts';
import { until } from '../support/wait.ts';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LXRva2Vu.c2lnbmF0dXJl';
const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
};

/** As a TLS proxy says it: each test is another client, as what one did counts for a while. */
let clients = 0;
function anotherClient(): string {
  clients += 1;
  return `203.0.113.${clients}`;
}

/** Name -> what is sent to a path, and the status of the one answer. */
const REFUSED: Readonly<Record<string, (path: string) => [sent: string, status: number]>> = {
  TRACE: (path) => [lines(`TRACE ${path} HTTP/1.1`, 'Host: a'), 405],
  CONNECT: () => [lines('CONNECT a:443 HTTP/1.1', 'Host: a'), 405],
  'a method that is none': (path) => [lines(`get ${path} HTTP/1.1`, 'Host: a'), 400],
  'a request to a proxy': (path) => [lines(`GET http://a${path} HTTP/1.1`, 'Host: a'), 400],
  'no Host': (path) => [lines(`GET ${path} HTTP/1.1`), 400],
  'two Hosts': (path) => [lines(`GET ${path} HTTP/1.1`, 'Host: a', 'Host: b'), 400],
  'a Host that is none': (path) => [lines(`GET ${path} HTTP/1.1`, 'Host: a/../b'), 400],
  'HTTP/3.0': (path) => [lines(`GET ${path} HTTP/3.0`, 'Host: a'), 400],
  'the preface of HTTP/2': () => ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  'a hello of TLS': () => [`\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03${'\x07'.repeat(500)}\r\n\r\n`, 400],
  'two Content-Lengths': (path) => [
    `${lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Content-Length: 2', 'Content-Length: 30')}{}${inside()}`,
    400,
  ],
  'Content-Length beside Transfer-Encoding': (path) => [
    `${lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n${inside()}`,
    400,
  ],
  'two Transfer-Encodings': (path) => [
    `${lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n${inside()}`,
    400,
  ],
  'a Transfer-Encoding that is hidden': (path) => [
    `${lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Transfer-Encoding: xchunked')}0\r\n\r\n${inside()}`,
    400,
  ],
  'a Transfer-Encoding in HTTP/1.0': (path) => [
    `${lines(`POST ${path} HTTP/1.0`, 'Host: a', 'Transfer-Encoding: chunked')}0\r\n\r\n${inside()}`,
    400,
  ],
  'a Content-Length with a sign': (path) => [
    `${lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Content-Length: +2')}{}${inside()}`,
    400,
  ],
  'a chunk of no size': (path) => [
    `${lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`,
    400,
  ],
  'a request line of 17 KB': (path) => [lines(`GET ${path}?a=${'x'.repeat(17_000)} HTTP/1.1`, 'Host: a'), 400],
  'a header of 13 KB': (path) => [lines(`GET ${path} HTTP/1.1`, 'Host: a', `X-Long: ${'x'.repeat(13_000)}`), 400],
  'a header of 1 MB': (path) => [lines(`GET ${path} HTTP/1.1`, 'Host: a', `X-Long: ${'x'.repeat(1e6)}`), 400],
  'two headers of 8 KB': (path) => [
    lines(`GET ${path} HTTP/1.1`, 'Host: a', `A: ${'x'.repeat(8000)}`, `B: ${'x'.repeat(8000)}`),
    400,
  ],
  '101 headers': (path) => [lines(`GET ${path} HTTP/1.1`, 'Host: a', ...Array(100).fill('A: b')), 400],
  '10 000 headers': (path) => [lines(`GET ${path} HTTP/1.1`, 'Host: a', ...Array(9999).fill('A: b')), 400],
  'a GET with a body of 10 MB': (path) => [
    `${lines(`GET ${path} HTTP/1.1`, 'Host: a', 'Content-Length: 10000000')}${'x'.repeat(100_000)}`,
    413,
  ],
  'a body of 64 KiB and a byte': (path) => [lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Content-Length: 65537'), 413],
  'chunks of more than 64 KiB together': (path) => [
    `${lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Transfer-Encoding: chunked')}${`4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(5)}`,
    413,
  ],
  'a chunk of 4 GB': (path) => [
    `${lines(`POST ${path} HTTP/1.1`, 'Host: a', 'Transfer-Encoding: chunked')}ffffffff\r\nxx`,
    413,
  ],
};

/** A request that hides in another one's body: it may not be answered. */
function inside(): string {
  return lines('GET /healthz HTTP/1.1', 'Host: a');
}

/** What opens a socket, or would on another path. */
function upgrade(path: string, protocol: string, ...headers: string[]): string {
  return lines(
    `GET ${path} HTTP/1.1`,
    'Host: a',
    'Connection: Upgrade',
    `Upgrade: ${protocol}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  );
}

describe('nginx', () => {
  const stack = new AsyncDisposableStack();
  let nginx: Nginx;
  let upstreams: Record<'ncco-api' | 'events' | 'media-gateway', Container>;

  before(async () => {
    const network: StartedNetwork = stack.use(await startNetwork());
    upstreams = {
      'ncco-api': stack.use(await startUpstream(network, 'ncco-api')),
      events: stack.use(await startUpstream(network, 'events')),
      'media-gateway': stack.use(await startUpstream(network, 'media-gateway')),
    };
    nginx = stack.use(await startNginx(network));
    await allAnswer();
  });
  after(() => stack.disposeAsync());

  async function allAnswer(): Promise<void> {
    const urls = [`${nginx.url}/ncco`, `${nginx.url}/webhooks/event`, `${nginx.operatorUrl}/api/calls`];
    await until(async () => (await Promise.all(urls.map((url) => fetch(url)))).every(({ ok }) => ok), {
      what: 'nginx to know all its upstreams',
    });
  }

  interface Asked {
    readonly headers?: Record<string, string>;
    readonly connections?: number;
    /** To the letter, where no URL would leave it so. */
    readonly path?: string;
  }

  /** Asks all at once, or over so many connections; statuses with how often each came. */
  async function statuses(
    count: number,
    url: string,
    { headers = {}, connections = count, path }: Asked = {},
  ): Promise<Record<number, number>> {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const seen: Record<number, number> = {};
    const ask = async () => {
      const asked = request(url, { agent, headers, ...(path !== undefined && { path }) });
      asked.end();
      const [response] = await once(asked, 'response');
      let body = '';
      for await (const piece of response.setEncoding('utf8')) body += piece;
      seen[response.statusCode] = (seen[response.statusCode] ?? 0) + 1;
      if (response.statusCode === 404) assert.equal(JSON.parse(body).error.code, 'NOT_FOUND');
      if (response.statusCode !== 429) return;
      assert.equal(JSON.parse(body).error.code, 'TOO_MANY_REQUESTS');
      assert.equal(response.headers['content-type'], 'application/json');
      assert.equal(response.headers['retry-after'], '1');
    };
    try {
      await Promise.all(Array.from({ length: count }, ask));
    } finally {
      agent.destroy();
    }
    return seen;
  }

  async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    return response.status;
  }

  describe('refuses in JSON, once, and hangs up after', () => {
    for (const [name, refused] of Object.entries(REFUSED)) {
      it(name, async () => {
        for (const url of [`${nginx.url}/webhooks/event`, `${nginx.operatorUrl}/api/calls`]) {
          const [sent, status] = refused(new URL(url).pathname);
          using connection = await RawConnection.open(url);
          connection.write(sent);
          const answer = await until(() => connection.answers[0], { what: `an answer to ${name}` });
          assert.equal(answer.status, status, answer.body);
          assert.equal(JSON.parse(answer.body).error.code, CODES[status]);
          assert.equal(answer.headers['content-type'], 'application/json');
          if (status === 405) assert.equal(answer.headers.allow, 'GET, POST');
          // What is behind a refused request is no request.
          connection.write(inside());
          await until(() => connection.livedMs !== undefined, { what: 'the connection to be closed' });
          assert.equal(connection.answers.length, 1, connection.received);
        }
      });
    }

    it('but takes what is just within', async () => {
      for (const sent of [
        lines(`GET /ncco?a=${'x'.repeat(11_000)} HTTP/1.1`, 'Host: a', 'Connection: close'),
        lines('GET /ncco HTTP/1.1', 'Host: a', 'Connection: close', ...Array(98).fill('A: b')),
        `${lines('POST /ncco HTTP/1.1', 'Host: a', 'Connection: close', 'Content-Length: 65536')}${'x'.repeat(65_536)}`,
        `${lines('POST /ncco HTTP/1.1', 'Host: a', 'Connection: close', 'Transfer-Encoding: chunked')}${`4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(4)}0\r\n\r\n`,
      ]) {
        using connection = await RawConnection.open(nginx.url);
        connection.write(sent);
        await until(() => connection.livedMs !== undefined, { what: 'the answer' });
        assert.match(connection.received, /^HTTP\/1\.1 200 /, sent.slice(0, 100));
      }
    });
  });

  it('upgrades nothing but /socket, and that to nothing but a WebSocket', async () => {
    for (const [url, protocol, status] of [
      [`${nginx.url}/socket`, 'websocket', 101],
      [`${nginx.url}/socket`, 'WebSocket', 101],
      [`${nginx.url}/socket`, 'h2c', 200],
      [`${nginx.url}/ncco`, 'websocket', 200],
      [`${nginx.url}/webhooks/answer`, 'websocket', 200],
      [`${nginx.url}/webhooks/event`, 'websocket', 200],
      [`${nginx.operatorUrl}/api/calls`, 'websocket', 200],
      [`${nginx.operatorUrl}/api/calls/CON-1`, 'websocket', 200],
      [`${nginx.operatorUrl}/socket`, 'websocket', 404],
    ] as const) {
      using connection = await RawConnection.open(url);
      connection.write(upgrade(new URL(url).pathname, protocol));
      await until(() => /\r\n\r\n/.test(connection.received), { what: `an answer from ${url}` });
      assert.match(connection.received, new RegExp(`^HTTP/1.1 ${status} `), `${url} ${protocol}`);
      if (status === 200) assert.doesNotMatch(connection.received, /"upgrade"/, 'what the service saw');
    }
  });

  describe('counts requests', () => {
    it('but refuses none of 1000 in a burst from one address, with a token or without', async () => {
      for (const headers of [{ authorization: `Bearer ${TOKEN}` }, {}]) {
        for (const path of ['/webhooks/event', '/ncco']) {
          const mine = { ...headers, 'x-forwarded-for': anotherClient() };
          assert.deepEqual(await statuses(1000, nginx.url + path, { headers: mine, connections: 200 }), { 200: 1000 });
        }
      }
    });

    it('nor one of 1000 sockets of one address, asked for at once', async () => {
      const asked = upgrade('/socket', 'websocket', `X-Forwarded-For: ${anotherClient()}`);
      using connections = new DisposableStack();
      const sockets = await Promise.all(Array.from({ length: 1000 }, () => RawConnection.open(nginx.url)));
      for (const socket of sockets) connections.use(socket).write(asked);
      await until(() => sockets.every(({ received }) => received.startsWith('HTTP/1.1 101 ')), {
        what: 'all to be open',
      });
      for (const socket of sockets) socket.write('echo');
      await until(() => sockets.every(({ received }) => received.endsWith('echo')), { what: 'all echoes' });
    });

    it('and refuses a flood without a token, but no other client, no request with a token and no open socket', async () => {
      const flood = { 'x-forwarded-for': anotherClient() };
      using socket = await RawConnection.open(nginx.url);
      socket.write(upgrade('/socket', 'websocket', `X-Forwarded-For: ${flood['x-forwarded-for']}`));
      await until(() => socket.received.startsWith('HTTP/1.1 101 '), { what: 'the socket to be open' });
      // Nobody is there to answer, so that nginx is as fast as it can be.
      await upstreams.events.kill();
      try {
        const ask = lines('GET /webhooks/event HTTP/1.1', 'Host: a', `X-Forwarded-For: ${flood['x-forwarded-for']}`);
        using connections = new DisposableStack();
        const opened = await Promise.all(Array.from({ length: 100 }, () => RawConnection.open(nginx.url)));
        for (const connection of opened) connections.use(connection).write(ask.repeat(900));
        const refusals = () =>
          opened.reduce((sum, { received }) => sum + received.split('HTTP/1.1 429 ').length - 1, 0);
        await until(() => refusals() > 0, { what: 'requests to be refused' });
        const refused = opened.flatMap(({ answers }) => answers).find(({ status }) => status === 429);
        assert.equal(JSON.parse(refused?.body ?? '').error.code, 'TOO_MANY_REQUESTS');
        assert.equal(refused?.headers['retry-after'], '1');

        const before = refusals();
        for (const headers of [
          { ...flood, authorization: `Bearer ${TOKEN}` },
          { 'x-forwarded-for': anotherClient() },
        ]) {
          assert.deepEqual(await statuses(300, `${nginx.url}/ncco`, { headers, connections: 20 }), { 200: 300 });
        }
        socket.write('still there');
        await until(() => socket.received.endsWith('still there'), { what: 'the echo of the socket' });
        assert.ok(refusals() > before, 'the flood was over before the others had asked');
      } finally {
        await upstreams.events.start();
        await allAnswer();
      }
    });

    it('and lets nobody look for doors for long, token or not', async () => {
      for (const door of [nginx.url, nginx.operatorUrl]) {
        const scanner = { 'x-forwarded-for': anotherClient(), authorization: `Bearer ${TOKEN}` };
        const seen = await statuses(300, `${door}/api/calls.bak`, { headers: scanner, connections: 20 });
        assert.deepEqual(Object.keys(seen), ['404', '429']);
        assert.ok((seen[404] ?? 0) > 100 && (seen[404] ?? 0) < 200, JSON.stringify(seen));
        const path = door === nginx.url ? '/ncco' : '/api/calls';
        assert.equal(await statusOf(door + path, scanner), 200);
        assert.equal(await statusOf(`${door}/api/calls.bak`, { 'x-forwarded-for': anotherClient() }), 404);
      }
    });

    it('and takes another spelling of a path for one that is not there, token or not', async () => {
      const forBoth = ['/bad-request', '//bad-request', '//healthz', `/${'x'.repeat(10_000)}`];
      const spellings = {
        [nginx.url]: [
          '//webhooks/event',
          '/x/../ncco',
          '/webhooks/%65vent',
          '/webhooks%2fevent',
          '/webhooks/./event',
          '/webhooks/event%0a',
          '/readyz/../webhooks/event',
          '/webhooks/event#',
          '/ncco#a?b=c',
          '/%6ecco?a=/ncco',
          '/./socket',
          '/calls/..%2fsocket?leg=1',
          '/api/calls/../../ncco',
          ...forBoth,
        ],
        [nginx.operatorUrl]: [
          '//api/calls',
          '/%61pi/calls',
          '/x/../api/calls/CON-1',
          '/api/calls/../calls',
          ...forBoth,
        ],
      };
      for (const [door, paths] of Object.entries(spellings)) {
        for (const path of paths) {
          for (const token of [{}, { authorization: `Bearer ${TOKEN}` }]) {
            const headers = { ...token, 'x-forwarded-for': anotherClient() };
            const seen = await statuses(200, door, { path, headers, connections: 20 });
            assert.deepEqual(Object.keys(seen), ['404', '429'], path);
            assert.ok((seen[404] ?? 0) > 100 && (seen[404] ?? 0) < 150, `${path}: ${JSON.stringify(seen)}`);
          }
        }
      }
    });

    it('slows down who reads calls in a row, and refuses only a crowd', async () => {
      const reader = { 'x-forwarded-for': anotherClient() };
      const from = performance.now();
      assert.deepEqual(
        await statuses(1000, `${nginx.operatorUrl}/api/calls/CON-1`, { headers: reader, connections: 50 }),
        { 200: 1000 },
      );
      const tookMs = performance.now() - from;
      assert.ok(tookMs > 1900, `${tookMs} ms for 1000 at 500 a second`);

      const crowd = { 'x-forwarded-for': anotherClient() };
      const seen = await statuses(1500, `${nginx.operatorUrl}/api/calls/CON-1`, { headers: crowd });
      assert.deepEqual(Object.keys(seen), ['200', '429']);
      assert.ok((seen[200] ?? 0) > 500, JSON.stringify(seen));
    });

    it('and lets no more than 2000 webhooks of one client wait for a service that hangs', async () => {
      const asked = lines('GET /webhooks/event HTTP/1.1', 'Host: a', `X-Forwarded-For: ${anotherClient()}`);
      using connections = new DisposableStack();
      // All of them first, so that the requests come together.
      const waiting = await Promise.all(Array.from({ length: 2100 }, () => RawConnection.open(nginx.url)));
      await upstreams.events.pause();
      try {
        for (const connection of waiting) connections.use(connection).write(asked);
        assert.equal(await statusOf(`${nginx.url}/ncco`), 200);
        await until(() => waiting.every(({ received }) => received !== ''), { what: 'all to be answered' });
        const refused = waiting.filter(({ received }) => received.startsWith('HTTP/1.1 429 ')).length;
        assert.ok(refused > 0 && refused <= 100, `${refused} of 2100 were refused`);
      } finally {
        await upstreams.events.unpause();
        await allAnswer();
      }
    });

    it('and lets no more than 100 readers of one client wait for gateways that hang', async () => {
      const readers = { 'x-forwarded-for': anotherClient() };
      await upstreams['media-gateway'].pause();
      try {
        const seen = await statuses(150, `${nginx.operatorUrl}/api/calls`, { headers: readers });
        assert.deepEqual(seen, { 429: 50, 503: 100 });
      } finally {
        await upstreams['media-gateway'].unpause();
        await allAnswer();
      }
    });
  });

  describe('has no patience with', { concurrency: true }, () => {
    /** A hundred connections that begin like this and then send a letter a second, until all are gone. */
    async function drip(begin: string, letter: string): Promise<number[]> {
      using stack = new DisposableStack();
      const slow = await Promise.all(Array.from({ length: 100 }, () => RawConnection.open(nginx.url)));
      for (const connection of slow) stack.use(connection).write(begin);
      const drops = setInterval(() => {
        for (const connection of slow) connection.write(letter);
      }, 1000);
      stack.defer(() => clearInterval(drops));
      let isOver = false;
      const good = (async () => {
        for (let count = 0; ; count += 1) {
          if (isOver) return count;
          const from = performance.now();
          assert.equal(await statusOf(`${nginx.url}/ncco`, { authorization: `Bearer ${TOKEN}` }), 200);
          assert.ok(performance.now() - from < 1000, 'a good request waited');
          await sleep(20);
        }
      })();
      try {
        await until(() => slow.every(({ livedMs }) => livedMs !== undefined), {
          what: 'all slow connections to be gone',
          deadlineMs: 30_000,
        });
      } finally {
        isOver = true;
      }
      assert.ok((await good) > 50);
      return slow.map(({ livedMs = 0 }) => livedMs);
    }

    it('a header that comes a letter a second', async () => {
      const lived = await drip('GET /ncco HTTP/1.1\r\nHost: a\r\nX-Slow: ', 'x');
      assert.ok(Math.min(...lived) > 4500, `${Math.min(...lived)} ms: a header has 5 s`);
      assert.ok(Math.max(...lived) < 7000, `${Math.max(...lived)} ms`);
    });

    it('a connection on which nothing comes', async () => {
      const lived = await drip('', '');
      assert.ok(Math.max(...lived) < 7000, `${Math.max(...lived)} ms`);
    });

    it('a body that stops', async () => {
      const lived = await drip(`${lines('POST /webhooks/event HTTP/1.1', 'Host: a', 'Content-Length: 9000')}{`, '');
      assert.ok(Math.max(...lived) < 7000, `${Math.max(...lived)} ms`);
    });

    it('a body that comes a letter a second', async () => {
      const lived = await drip(`${lines('POST /webhooks/event HTTP/1.1', 'Host: a', 'Content-Length: 9000')}{`, ' ');
      assert.ok(Math.max(...lived) < 24_000, `${Math.max(...lived)} ms: a request has 20 s as a whole`);
    });

    it('the body of what has been refused', async () => {
      const lived = await drip(`${lines('POST /nowhere HTTP/1.1', 'Host: a', 'Content-Length: 9000')}{`, ' ');
      assert.ok(Math.max(...lived) < 9000, `${Math.max(...lived)} ms`);
    });
  });

  it('writes no more than 256 letters of a path into its log, and 16 of a method', async () => {
    for (const [first, path, method] of [
      [`GET /${'long'.repeat(2900)} HTTP/1.1`, `/${'long'.repeat(63)}lon`, 'GET'],
      [`GET /${'l'.repeat(255)}?a HTTP/1.1`, `/${'l'.repeat(255)}`, 'GET'],
      [`${'LONG'.repeat(2900)} /a-long-method HTTP/1.1`, '/a-long-method', 'LONG'.repeat(4)],
    ] as const) {
      using connection = await RawConnection.open(nginx.url);
      connection.write(lines(first, 'Host: a'));
      await until(() => connection.answers[0], { what: 'an answer' });
      const isLine = (line: Record<string, unknown>) => line.path === path && line.method === method;
      await until(async () => (await nginx.accessLog()).some(isLine), { what: `a line with ${path}` });
    }
    const longest = Math.max(...(await nginx.logs()).split('\n').map(({ length }) => length));
    assert.ok(longest < 1500, `a line of the log has ${longest} letters`);
  });

  it('writes no token, no query and no cookie into its logs, whatever becomes of a request', async () => {
    const secrets = [TOKEN, 'in-the-query', 'in-a-cookie'] as const;
    const headers = { authorization: `Bearer ${TOKEN}`, cookie: 'a=in-a-cookie' };
    const raw = ['Host: a', `Authorization: Bearer ${TOKEN}`, 'Cookie: a=in-a-cookie'];
    const linesBefore = (await nginx.accessLog()).length;
    using connections = new DisposableStack();
    const send = async (text: string) => {
      const connection = connections.use(await RawConnection.open(nginx.url));
      connection.write(text);
      return connection;
    };

    for (const path of ['/ncco', '/webhooks/answer', '/webhooks/event', '/webhooks/events', '/socket', '/nowhere']) {
      await statusOf(`${nginx.url}${path}?a=in-the-query`, headers);
    }
    for (const path of ['/api/calls', '/api/calls/CON-1', '/nowhere']) {
      await statusOf(`${nginx.operatorUrl}${path}?a=in-the-query`, headers);
    }
    const socket = await send(upgrade('/socket?a=in-the-query', 'websocket', ...raw.slice(1)));
    await until(() => socket.received.startsWith('HTTP/1.1 101 '), { what: 'the socket to be open' });
    socket[Symbol.dispose]();
    for (const refused of Object.values(REFUSED)) {
      const [first = '', ...rest] = refused('/ncco?a=in-the-query')[0].split('\r\n');
      await send([first, ...raw.slice(1), ...rest].join('\r\n'));
    }
    await send(lines(`Authorization: Bearer ${TOKEN}`, `GET /ncco?a=in-the-query HTTP/1.1`));
    await send(lines(`GET /ncco?a=in-the-query HTTP/1.1`, `Bearer ${TOKEN}`));
    const scanner = { ...headers, 'x-forwarded-for': anotherClient() };
    await statuses(200, `${nginx.url}/nowhere?a=in-the-query`, { headers: scanner, connections: 20 });
    // 408, of the header and of the body.
    await send(`GET /ncco?a=in-the-query HTTP/1.1\r\n${raw.join('\r\n')}\r\n`);
    await send(`${lines('POST /ncco?a=in-the-query HTTP/1.1', ...raw, 'Content-Length: 9')}{`);

    // 499 and two ways to 503: nobody answers, and nobody is there.
    await upstreams.events.pause();
    try {
      const gaveUp = fetch(`${nginx.url}/webhooks/events?a=in-the-query`, {
        headers,
        signal: AbortSignal.timeout(500),
      });
      await assert.rejects(gaveUp, { name: 'TimeoutError' });
      await statusOf(`${nginx.url}/webhooks/event?a=in-the-query`, headers);
      await upstreams.events.unpause();
      await upstreams.events.kill();
      await statusOf(`${nginx.url}/webhooks/event?a=in-the-query`, headers);

      const wanted = [101, 200, 400, 404, 405, 408, 413, 429, 499, 503];
      await until(
        async () => {
          const seen = new Set((await nginx.accessLog()).slice(linesBefore).map(({ status }) => status));
          assert.deepEqual(
            wanted.filter((status) => !seen.has(status)),
            [],
          );
          return true;
        },
        { what: 'a line in the access log for each status' },
      );
      const written = await nginx.logs();
      for (const secret of secrets) assert.ok(!written.includes(secret), `${secret} is in the log`);
      assert.ok((await nginx.accessLog()).slice(linesBefore).some(({ path }) => path === '/webhooks/event'));
    } finally {
      await upstreams.events.start();
    }
  });
});
