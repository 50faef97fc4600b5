import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { SocketTokens } from '@kodama/shared/signing';
import { type CallIdentity, parseConversationUuid, parseLegUuid } from '@kodama/shared/voice';
import type { GatewayConfig } from './config.ts';
import { eventually } from './testing/eventually.ts';
import { OPCODE, RawPeer, upgradeRequest } from './testing/raw-peer.ts';
import { startGateway } from './testing/test-gateway.ts';
import { VonageEnd } from './testing/vonage-end.ts';

describe('/socket', () => {
  it('takes a plain upgrade, with or without a query', async () => {
    await using gateway = await startGateway();
    for (const path of ['/socket', '/socket?leg=0d9b6c1e', '/socket?']) {
      const { answer, socket } = await RawPeer.connect(gateway.port, path);
      assert.equal(answer.status, 101);
      socket.destroy();
    }
  });

  it('selects no sub-protocol, whatever is offered', async () => {
    await using gateway = await startGateway();
    const { answer, socket } = await RawPeer.connect(gateway.port, '/socket', ['Sec-WebSocket-Protocol: WSBRIDGE, x']);
    assert.equal(answer.status, 101);
    assert.doesNotMatch(answer.head, /sec-websocket-protocol/i);
    socket.destroy();
  });

  it('accepts no compression', async () => {
    await using gateway = await startGateway();
    const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits';
    const { answer, socket } = await RawPeer.connect(gateway.port, '/socket', [offer]);
    assert.equal(answer.status, 101);
    assert.doesNotMatch(answer.head, /sec-websocket-extensions/i);
    socket.destroy();
  });

  it('asks nothing of Origin, User-Agent or Authorization', async () => {
    await using gateway = await startGateway();
    const headers = ['Origin: http://elsewhere.example', 'Authorization: Bearer x', 'User-Agent: none'];
    const { answer, socket } = await RawPeer.connect(gateway.port, '/socket', headers);
    assert.equal(answer.status, 101);
    socket.destroy();
  });

  it('puts the proxy’s request id into the lines of the leg', async () => {
    await using gateway = await startGateway();
    const { socket } = await RawPeer.connect(gateway.port, '/socket', [`X-Request-Id: ${'r'.repeat(100)}`]);
    socket.destroy();
    const line = await eventually('the line', () => gateway.lines[0]);
    assert.equal(line.requestId, 'r'.repeat(64));
  });

  it('refuses the call above the limit before the upgrade, with 503 and the reason as JSON', async () => {
    await using gateway = await startGateway({ config: { MAX_LIVE_CALLS: 1 } });
    await VonageEnd.open(gateway.port);
    const { answer, gone } = await RawPeer.connect(gateway.port);
    assert.equal(answer.status, 503);
    assert.match(answer.head, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
    assert.match(answer.head, /content-type: application\/json/);
    assert.match(answer.head, /retry-after: 1/);
    assert.deepEqual(JSON.parse(answer.body), {
      error: { code: 'GATEWAY_UNAVAILABLE', message: 'the gateway has its 1 live calls' },
    });
    await gone;
  });

  it('is the only path with sockets: 404 with the reason on any other', async () => {
    await using gateway = await startGateway();
    for (const path of ['/', '/socket/', '/Socket', '/sockets', '/calls', '//socket', '/?/socket']) {
      const { answer, gone } = await RawPeer.connect(gateway.port, path);
      assert.equal(answer.status, 404, path);
      assert.equal(JSON.parse(answer.body).error.code, 'NOT_FOUND');
      await gone;
    }
    assert.equal(gateway.registry.size, 0);
  });

  it('says 426 to a request that asks for no upgrade', async () => {
    await using gateway = await startGateway();
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${gateway.url}/socket`, { method });
      assert.equal(response.status, 426);
      assert.equal(response.headers.get('upgrade'), 'websocket');
      await response.arrayBuffer();
    }
  });

  for (const [title, change, status] of [
    ['no key', (request: string) => request.replace(/Sec-WebSocket-Key.*\r\n/, ''), 400],
    ['a key of the wrong length', (request: string) => request.replace(/(Sec-WebSocket-Key: )(.*)/, '$1YWJj'), 400],
    ['version 7', (request: string) => request.replace('Version: 13', 'Version: 7'), 400],
    ['another method', (request: string) => request.replace('GET', 'POST'), 405],
  ] as const) {
    it(`refuses an upgrade with ${title}, with ${status}`, async () => {
      await using gateway = await startGateway();
      const socket = connect(gateway.port, '127.0.0.1');
      socket.end(change(upgradeRequest()));
      const [answer] = await once(socket, 'data');
      assert.match(String(answer), new RegExp(`^HTTP/1.1 ${status} `));
      await once(socket, 'close');
      assert.equal(gateway.registry.size, 0);
    });
  }

  for (const [path, status] of [
    ['/calls', 200],
    ['/socket', 426],
  ] as const) {
    it(`leaves an upgrade to something else to HTTP, as if it had not been asked for: ${status} on ${path}`, async () => {
      await using gateway = await startGateway();
      const request = upgradeRequest(path).replace(
        'Upgrade: websocket',
        'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
      );
      const { answer, socket } = await RawPeer.ask(gateway.port, request);
      assert.equal(answer.status, status);
      assert.match(answer.head, /content-type: application\/json/i);
      assert.doesNotThrow(() => JSON.parse(answer.body));
      socket.destroy();
      assert.equal(gateway.registry.size, 0);
    });
  }

  it('keeps nothing of upgrades that were refused, broken off or cut', async () => {
    await using gateway = await startGateway({ config: { MAX_LIVE_CALLS: 5 } });
    const closed: Promise<unknown>[] = [];
    const partings: ((request: string) => string)[] = [
      (request) => request,
      (request) => request.slice(0, 60),
      (request) => request.replace('/socket', '/elsewhere'),
      (request) => request.replace(/Sec-WebSocket-Key.*\r\n/, ''),
      () => 'junk\r\n\r\n',
      () => '',
    ];
    for (let i = 0; i < 60; i++) {
      const socket = connect(gateway.port, '127.0.0.1')
        .on('error', () => {})
        .resume();
      closed.push(once(socket, 'close'));
      const text = partings[i % partings.length]?.(upgradeRequest()) ?? '';
      if (i % 3 === 0) socket.write(text, () => socket.resetAndDestroy());
      else if (i % 3 === 1) socket.end(text);
      else socket.write(text, () => socket.destroy());
    }
    await Promise.all(closed);
    await eventually('all sockets to be forgotten', () => gateway.registry.size === 0);
    assert.ok(gateway.sockets.length > 0, 'some were upgraded');
    const vonage = await VonageEnd.open(gateway.port);
    await vonage.echoes(Buffer.alloc(640));
  });

  it('takes what comes in the same packet as the request', async () => {
    await using gateway = await startGateway();
    const socket = connect(gateway.port, '127.0.0.1');
    // An unmasked frame, so that the answer is known: 1002.
    socket.write(`${upgradeRequest()}\u0001\u0000`);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
    });
    await eventually('the close frame', () => received.includes(Buffer.from([0x88, 0x02, 0x03, 0xea])));
    socket.destroy();
  });
});

describe('/socket, behind a door', () => {
  const secret = 'a-secret-of-our-own-0123456789abcdef';
  const config: Partial<GatewayConfig> = { SOCKET_AUTH: 'token', SOCKET_TOKEN_SECRETS: [secret] };
  const tokens = new SocketTokens([secret], { ttlSeconds: 60, nowMs: Date.now });
  const call = { conversationUuid: parseConversationUuid('CON-1'), legUuid: parseLegUuid('leg-1') };
  const header = (its: CallIdentity = call) => `Authorization: Bearer ${tokens.issue(its)}`;
  const hello = (headers: object) => JSON.stringify({ event: 'websocket:connected', ...headers });

  it('lets in who has a token, once', async () => {
    await using gateway = await startGateway({ config });
    const mine = header();
    const first = await RawPeer.connect(gateway.port, '/socket', [mine]);
    first.send(OPCODE.TEXT, hello({ uuid: 'leg-1', conversation_uuid: 'CON-1' }));
    first.send(OPCODE.BINARY, Buffer.alloc(640, 7));
    await eventually('the echo', () => first.binary.length === 1);
    const second = await RawPeer.connect(gateway.port, '/socket', [mine]);
    assert.equal(second.answer.status, 401);
    await second.gone;
    const refused = gateway.lines.filter(({ code }) => code === 'SOCKET_NOT_AUTHORIZED');
    assert.deepEqual(
      refused.map(({ level, reason }) => [level, reason]),
      [['warn', 'replayed']],
    );
    assert.doesNotMatch(JSON.stringify(gateway.lines), /eyJ|Bearer/);
    first.socket.destroy();
  });

  it('refuses all others before the upgrade, with 401 and a reason that helps nobody', async () => {
    await using gateway = await startGateway({ config });
    const others = new SocketTokens(['another-secret-0123456789abcdefghij'], { ttlSeconds: 60, nowMs: Date.now });
    for (const headers of [
      [],
      ['Authorization: Bearer x'],
      [`Authorization: Basic ${tokens.issue(call)}`],
      [`Authorization: Bearer ${others.issue(call)}`],
      [`X-Authorization: Bearer ${tokens.issue(call)}`],
    ]) {
      const { answer, gone } = await RawPeer.connect(gateway.port, '/socket', headers);
      assert.equal(answer.status, 401);
      assert.match(answer.head, /^HTTP\/1\.1 401 Unauthorized\r\n/);
      assert.match(answer.head, /www-authenticate: Bearer/);
      await gone;
    }
    const inQuery = await RawPeer.connect(gateway.port, `/socket?token=${tokens.issue(call)}`);
    assert.equal(inQuery.answer.status, 401);
    assert.equal(gateway.sockets.length, 0);
  });

  it('closes a socket that turns out to be of another call', async () => {
    await using gateway = await startGateway({ config });
    for (const headers of [{ uuid: 'leg-2', conversation_uuid: 'CON-1' }, { uuid: 'leg-1' }, {}]) {
      const peer = await RawPeer.connect(gateway.port, '/socket', [header()]);
      peer.send(OPCODE.TEXT, hello(headers));
      peer.send(OPCODE.BINARY, Buffer.alloc(640));
      await peer.gone;
      assert.equal(peer.closeCode, 1008);
      assert.deepEqual(peer.binary, []);
    }
    const nobody = await RawPeer.connect(gateway.port, '/socket', [
      header({ conversationUuid: undefined, legUuid: undefined }),
    ]);
    nobody.send(OPCODE.TEXT, hello({}));
    nobody.send(OPCODE.BINARY, Buffer.alloc(640));
    await eventually('the echo', () => nobody.binary.length === 1);
    nobody.socket.destroy();
  });

  it('puts audio that comes before the first text to the call of the token', async () => {
    await using gateway = await startGateway({ config });
    const peer = await RawPeer.connect(gateway.port, '/socket', [header()]);
    peer.send(OPCODE.BINARY, Buffer.alloc(640));
    await eventually('the echo', () => peer.binary.length === 1);
    peer.socket.destroy();
    assert.equal((await gateway.ended('leg-1')).conversationUuid, 'CON-1');
  });

  it('does not use a token up while it is full: the next gateway takes it', async () => {
    await using full = await startGateway({ config: { ...config, MAX_LIVE_CALLS: 1 } });
    const live = await RawPeer.connect(full.port, '/socket', [header()]);
    const mine = header();
    const refused = await RawPeer.connect(full.port, '/socket', [mine]);
    assert.equal(refused.answer.status, 503);
    live.socket.destroy();
    await eventually('the place', () => full.registry.size === 0);
    const taken = await RawPeer.connect(full.port, '/socket', [mine]);
    assert.equal(taken.answer.status, 101);
    taken.socket.destroy();
  });

  it('keeps a place for who is at the door, and does not use the token of another up', async () => {
    await using gateway = await startGateway({ config: { ...config, MAX_LIVE_CALLS: 1 } });
    const [one, other] = [header(), header()];
    const peers = await Promise.all([one, other].map((its) => RawPeer.connect(gateway.port, '/socket', [its])));
    assert.deepEqual(peers.map(({ answer }) => answer.status).sort(), [101, 503]);
    const [taken, refused] = peers[0]?.answer.status === 101 ? [peers[0], other] : [peers[1], one];
    taken?.socket.destroy();
    await eventually('the place', () => gateway.registry.size === 0);
    const later = await RawPeer.connect(gateway.port, '/socket', [refused]);
    assert.equal(later.answer.status, 101);
    later.socket.destroy();
  });

  it('survives peers that are gone before the door has decided', async () => {
    await using gateway = await startGateway({ config });
    for (let count = 0; count < 20; count++) {
      const socket = connect(gateway.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(upgradeRequest('/socket', [header()]));
      socket.resetAndDestroy();
    }
    const { answer, socket } = await RawPeer.connect(gateway.port, '/socket', [header()]);
    assert.equal(answer.status, 101);
    socket.destroy();
    await eventually('nobody', () => gateway.registry.size === 0);
  });
});
