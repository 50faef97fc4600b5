import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type StartedNetwork, Wait } from 'testcontainers';
import { Container, container, type Nginx, startNetwork, startNginx } from '../support/containers.ts';
import { images } from '../support/images.ts';
import { until } from '../support/wait.ts';

/** What a stand-in tells of the request that reached it. */
interface Seen {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bodyBytes: number;
}

async function startUpstream(
  network: StartedNetwork,
  alias: string,
  { name = alias, status = 200 }: { name?: string; status?: number } = {},
): Promise<Container> {
  const script = '/stand-in-upstream.ts';
  const started = await container(images.node)
    .withCommand(['node', script])
    .withCopyFilesToContainer([
      { source: fileURLToPath(new URL('../support/stand-in-upstream.ts', import.meta.url)), target: script },
    ])
    .withEnvironment({ NAME: name, STATUS: String(status) })
    .withNetwork(network)
    .withNetworkAliases(alias)
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp('/', 8080).forStatusCodeMatching((code) => code === status))
    .start();
  return new Container(started);
}

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
        const paths = ['/ncco', '/webhooks/event', '/api/calls'];
        const answers = await Promise.all(paths.map((path) => fetch(nginx.url + path)));
        return answers.every(({ ok }) => ok);
      },
      { what: 'nginx to know all its upstreams' },
    );
  });
  after(() => stack.disposeAsync());

  async function see(path: string, init?: RequestInit): Promise<Seen> {
    const response = await fetch(nginx.url + path, init);
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
    it(`answers 404 in JSON for ${path}`, async () => {
      const response = await fetch(nginx.url + path);
      assert.equal(response.status, 404);
      assert.equal(response.headers.get('content-type'), 'application/json');
      assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'NOT_FOUND');
    });
  }

  it('answers 413 in JSON for a body of more than 64 KiB', async () => {
    const response = await fetch(`${nginx.url}/webhooks/event`, { method: 'POST', body: 'x'.repeat(64 * 1024 + 1) });
    assert.equal(response.status, 413);
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'BODY_TOO_LARGE');
  });

  it('answers 400 in JSON for headers that are too long', async () => {
    const response = await fetch(`${nginx.url}/ncco`, { headers: { 'x-long': 'x'.repeat(17 * 1024) } });
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'BAD_REQUEST');
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
      'x-forwarded-for': '192.0.2.1',
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
