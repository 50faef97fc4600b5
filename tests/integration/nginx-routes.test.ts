import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedNetwork } from 'testcontainers';
import { type Container, type Nginx, startNetwork, startNginx } from '../support/containers.ts';
import { lines, RawConnection } from '../support/raw-http.ts';
import { type Seen, startUpstream } from '../support/upstreams.ts';
import { until } from '../support/wait.ts';

/** Asks to upgrade as Vonage does: no sub-protocol, no extension. */
async function upgrade(url: string): Promise<{ status: number; name: string | undefined; socket: Socket }> {
  const asked = request(url, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  });
  asked.end();
  const [response, socket] = await Promise.race([once(asked, 'upgrade'), once(asked, 'response')]);
  return { status: response.statusCode, name: response.headers['x-name'], socket: socket ?? response.socket };
}

async function echoed(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = await once(socket, 'data', { signal: AbortSignal.timeout(5000) });
  return data.toString();
}

describe('nginx', () => {
  const stack = new AsyncDisposableStack();
  let network: StartedNetwork;
  let upstreams: Record<'ncco-api' | 'events' | 'media-gateway', Container>;
  let nginx: Nginx;

  before(async () => {
    network = stack.use(await startNetwork());
    upstreams = {
      'ncco-api': stack.use(await startUpstream(network, 'ncco-api')),
      events: stack.use(await startUpstream(network, 'events')),
      'media-gateway': stack.use(await startUpstream(network, 'media-gateway')),
    };
    nginx = stack.use(await startNginx(network));
    await until(
      async () => {
        const urls = [`${nginx.url}/ncco`, `${nginx.url}/webhooks/event`, `${nginx.operatorUrl}/api/calls`];
        const answers = await Promise.all(urls.map((url) => fetch(url)));
        return answers.every(({ ok }) => ok);
      },
      { what: 'nginx to know all its upstreams' },
    );
  });
  after(() => stack.disposeAsync());

  /** Each path at its own door. */
  function doorOf(path: string): string {
    return path.startsWith('/api/') ? nginx.operatorUrl : nginx.url;
  }

  async function see(path: string, init?: RequestInit): Promise<Seen> {
    const response = await fetch(doorOf(path) + path, init);
    assert.equal(response.status, 200, path);
    return (await response.json()) as Seen;
  }

  for (const [path, name, url] of [
    ['/ncco?to=1', 'ncco-api', '/ncco?to=1'],
    ['/webhooks/answer?to=1', 'ncco-api', '/webhooks/answer?to=1'],
    ['/webhooks/event', 'events', '/webhooks/event'],
    ['/webhooks/events', 'events', '/webhooks/events'],
    ['/socket', 'media-gateway', '/socket'],
    ['/api/calls?limit=5', 'media-gateway', '/calls?limit=5'],
    ['/api/calls/CON-5b1b0f3e', 'media-gateway', '/calls/CON-5b1b0f3e'],
  ] as const) {
    it(`takes ${path} to ${url} of ${name}`, async () => {
      const seen = await see(path);
      assert.deepEqual([seen.name, seen.url], [name, url]);
    });
  }

  async function notFound(url: string): Promise<string> {
    const response = await fetch(url);
    assert.equal(response.status, 404, url);
    assert.equal(response.headers.get('content-type'), 'application/json');
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    assert.equal(error.code, 'NOT_FOUND');
    return error.message;
  }

  it('hands a query on as it came, to the letter: signatures are over it', async () => {
    const queries = ['', '?', '??', '?a=//b/../c/./d', '?a=%2f%2F%41%0a%zz&b=+&&=', '?a=1&a=2?b#c', '?a="<>\\|^`{}'];
    for (const path of ['/ncco', '/webhooks/answer', '/webhooks/event', '/webhooks/events', '/socket']) {
      for (const query of queries) {
        using connection = await RawConnection.open(nginx.url);
        connection.write(lines(`GET ${path}${query} HTTP/1.1`, 'Host: a', 'Connection: close'));
        await until(() => connection.livedMs !== undefined, { what: 'the answer' });
        const seen = /"url":("(?:[^"\\]|\\.)*")/.exec(connection.received)?.[1];
        assert.equal(JSON.parse(seen ?? '""'), path + query, connection.received);
      }
    }
  });

  it('takes an id of a call in any spelling', async () => {
    for (const id of ['CON-%31', 'a%20b%25', 'a:b', '%C3%A9']) {
      const { name, url } = await see(`/api/calls/${id}?a=%31`);
      const asked = decodeURIComponent(`/calls/${id}`);
      assert.deepEqual([name, decodeURIComponent(url.replace('?a=%31', ''))], ['media-gateway', asked]);
    }
  });

  it('takes a webhook by POST, with its body', async () => {
    const seen = await see('/webhooks/event', { method: 'POST', body: 'x'.repeat(64 * 1024) });
    assert.deepEqual([seen.method, seen.bodyBytes], ['POST', 64 * 1024]);
  });

  for (const path of [
    '/',
    '/nccos',
    '/ncco/',
    '/webhooks',
    '/webhooks/event/1',
    '/socket/1',
    '/api',
    '/calls',
    '/readyz',
  ]) {
    it(`answers 404 in JSON for ${path}, at both doors`, async () => {
      for (const door of [nginx.url, nginx.operatorUrl])
        assert.equal(await notFound(door + path), 'there is nothing here');
    });
  }

  it('shows calls at the operators’ door alone, and says so at the other', async () => {
    for (const path of ['/api/calls', '/api/calls?limit=1', '/api/calls/', '/api/calls/CON-1']) {
      assert.match(await notFound(nginx.url + path), /operators' port/);
    }
    assert.equal(await notFound(`${nginx.url}/api/callsign`), 'there is nothing here');
  });

  it('takes no webhook and no socket at the operators’ door', async () => {
    for (const path of ['/ncco', '/webhooks/answer', '/webhooks/event', '/webhooks/events', '/socket']) {
      await notFound(nginx.operatorUrl + path);
    }
    const { status, socket } = await upgrade(`${nginx.operatorUrl}/socket`);
    socket.destroy();
    assert.equal(status, 404);
  });

  it('hands the Authorization header on, wherever it goes', async () => {
    for (const path of [
      '/ncco',
      '/webhooks/answer',
      '/webhooks/event',
      '/webhooks/events',
      '/socket',
      '/api/calls',
      '/api/calls/CON-1',
    ]) {
      const { headers } = await see(path, { headers: { authorization: 'Bearer a.b.c' } });
      assert.equal(headers.authorization, 'Bearer a.b.c', path);
    }
  });

  it('tells whose request it is by the last address that is no neighbour, which no client can choose', async () => {
    for (const [chain, client] of [
      ['203.0.113.7', '203.0.113.7'],
      ['1.2.3.4, 203.0.113.7', '203.0.113.7'],
      ['1.2.3.4, 203.0.113.7, 10.1.2.3, fd00::1', '203.0.113.7'],
      ['1.2.3.4, 2001:db8::7, 192.168.0.9', '2001:db8::7'],
      ['203.0.113.7, 1.2.3.4 or so', undefined],
    ] as const) {
      const { headers } = await see('/ncco', { headers: { 'x-forwarded-for': chain } });
      if (client) assert.equal(headers['x-forwarded-for'], client, chain);
      else assert.match(headers['x-forwarded-for'] ?? '', /^(172|10|192)\./, chain);
    }
    await see('/webhooks/answer?of=a-client', { headers: { 'x-forwarded-for': '1.2.3.4, 198.51.100.9' } });
    await until(async () => (await nginx.accessLog()).some(({ client }) => client === '198.51.100.9'), {
      what: 'the line of the client in the access log',
    });
    assert.ok((await nginx.accessLog()).every(({ client }) => client !== '1.2.3.4'));
  });

  it('tells a service who asked, and where', async () => {
    const { headers } = await see('/ncco');
    assert.equal(headers.host, new URL(nginx.url).host);
    assert.equal(headers['x-forwarded-host'], new URL(nginx.url).host);
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.match(headers['x-forwarded-for'] ?? '', /^\d+\.\d+\.\d+\.\d+$/);
    assert.match(headers['x-request-id'] ?? '', /^[0-9a-f]{32}$/);
  });

  it('believes nothing that a client says of itself but https, which the TLS proxy in front says', async () => {
    const lies = {
      forwarded: 'for=192.0.2.1',
      'x-forwarded-for': '192.0.2.1, 203.0.113.7',
      'x-forwarded-host': 'evil.example',
      'x-request-id': 'chosen',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=b',
      baggage: 'a=b',
    };
    for (const path of ['/ncco', '/webhooks/event', '/socket', '/api/calls']) {
      const { headers } = await see(path, { headers: { ...lies, 'x-forwarded-proto': 'https' } });
      for (const [name, lie] of Object.entries(lies)) assert.notEqual(headers[name], lie, `${name} of ${path}`);
      assert.equal(headers.traceparent, undefined);
      assert.equal(headers['x-forwarded-proto'], 'https');
    }
    assert.equal(
      (await see('/ncco', { headers: { 'x-forwarded-proto': 'ftp' } })).headers['x-forwarded-proto'],
      'http',
    );
  });

  it('logs the trace id, and no query string', async () => {
    await see('/webhooks/answer?from=14155550177');
    const line = await until(async () => (await nginx.accessLog()).find(({ path }) => path === '/webhooks/answer'), {
      what: 'the line in the access log',
    });
    assert.equal(line.traceId, '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10');
    assert.equal(line.status, 200);
    assert.equal(line.upstreamStatus, '200');
    assert.doesNotMatch(await nginx.logs(), /14155550177|\?/);
  });

  it('answers its own health check, and does not log it', async () => {
    assert.equal((await fetch(`${nginx.url}/healthz`)).status, 200);
    await fetch(`${nginx.url}/after-the-health-check`);
    const lines = await until(
      async () => {
        const all = await nginx.accessLog();
        return all.some(({ path }) => path === '/after-the-health-check') && all;
      },
      { what: 'the line of what came after the health check' },
    );
    assert.deepEqual(
      lines.filter(({ path }) => path === '/healthz'),
      [],
    );
  });

  it('passes an upgrade on, and a reload does not cut what came of it', async () => {
    const { status, socket } = await upgrade(`${nginx.url}/socket`);
    try {
      assert.equal(status, 101);
      assert.equal(await echoed(socket, 'before'), 'before');
      const { exitCode, output } = await nginx.started.exec(['nginx', '-s', 'reload']);
      assert.equal(exitCode, 0, output);
      await until(
        async () =>
          (await nginx.started.exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline'])).output.includes('shutting down'),
        { what: 'the old workers to be on their way out' },
      );
      assert.equal(await echoed(socket, 'after'), 'after');
    } finally {
      socket.destroy();
    }
  });

  it('takes a call to another gateway when the first one says 503', async () => {
    await using _draining = await startUpstream(network, 'media-gateway', { name: 'draining', status: 503 });
    await until(
      async () => {
        const { status, name, socket } = await upgrade(`${nginx.url}/socket`);
        socket.destroy();
        assert.deepEqual([status, name], [101, 'media-gateway']);
        return (await nginx.accessLog()).some(({ upstreamStatus }) => upstreamStatus === '503, 101');
      },
      { what: 'a call that was offered to the draining gateway first' },
    );
  });

  it('loses no webhook while a service is scaled up and down', async () => {
    /** Asks as Vonage does: once more after 503, and no more. */
    async function answeredBy(name: string): Promise<boolean> {
      const ask = () => fetch(`${nginx.url}/ncco`, { method: 'POST', body: '{}' });
      const first = await ask();
      const response = first.status === 503 ? await ask() : first;
      assert.equal(response.status, 200);
      return ((await response.json()) as Seen).name === name;
    }
    const first = upstreams['ncco-api'];

    await using _second = await startUpstream(network, 'ncco-api', { name: 'second' });
    await until(() => answeredBy('second'), { what: 'the second instance to be used', everyMs: 5 });
    let over = false;
    const stop = first
      .stop()
      // It is gone, and nginx may not know yet.
      .then(() => sleep(1500))
      .then(() => {
        over = true;
      });
    while (!over) await answeredBy('second');
    await stop;
    await first.start();
    await until(() => answeredBy('ncco-api'), { what: 'the first instance to be used again', everyMs: 5 });
  });

  it('answers 503 while a service is away, which Vonage retries, and finds it again at another address', async () => {
    const events = upstreams.events;
    const ask = () => fetch(`${nginx.url}/webhooks/event?from=14155550177`);
    const statuses = new Set<number>();

    const addressBefore = await events.address(network);
    await events.stop();
    const away = await ask();
    assert.equal(away.status, 503);
    assert.equal(away.headers.get('retry-after'), '1');
    assert.equal(((await away.json()) as { error: { code: string } }).error.code, 'UPSTREAM_UNAVAILABLE');

    // Which address a container gets is the engine's business: others are put in its way until it is another one.
    await using others = new AsyncDisposableStack();
    for (let tries = 0; tries < 5; tries++) {
      others.use(await startUpstream(network, 'other'));
      await events.start();
      if ((await events.address(network)) !== addressBefore) break;
      await events.stop();
    }
    const addressNow = await events.address(network);
    assert.notEqual(addressNow, addressBefore);
    await until(
      async () => {
        const response = await ask();
        statuses.add(response.status);
        // For as long as nginx goes by the old address, whoever got it answers, and that may be one of the others.
        return response.status === 200 && ((await response.json()) as Seen).name === 'events';
      },
      { what: 'events to be found again' },
    );
    assert.deepEqual(
      [...statuses].filter((status) => status !== 200 && status !== 503),
      [],
    );
    await until(
      async () => {
        const lines = (await nginx.accessLog()).map(({ path, status, upstream }) => `${path} ${status} ${upstream}`);
        const isThere = lines.some(
          (line) => line.startsWith('/webhooks/event 200 ') && line.endsWith(`${addressNow}:8080`),
        );
        assert.ok(isThere, `${addressBefore} -> ${addressNow}: ${JSON.stringify(lines.slice(-8))}`);
        return true;
      },
      { what: 'a line of the access log with the new address' },
    );
    // Neither the access log nor what nginx has to say of the failures.
    assert.doesNotMatch(await nginx.logs(), /14155550177/);
  });
});
