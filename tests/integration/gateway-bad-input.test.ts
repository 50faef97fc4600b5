import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFrame, OPCODE, RawPeer, upgradeRequest, VonageEnd } from '@kodama/media-gateway/testing';
import { startRedis } from '../support/containers.ts';
import { callIs, callsTo } from '../support/gateway-calls.ts';
import { startService } from '../support/services.ts';

/** A connection that says this and is closed by whoever wants to, or cut after half a second. */
async function say(port: number, bytes: string | Uint8Array): Promise<void> {
  const socket = connect(port, '127.0.0.1')
    .on('error', () => {})
    .resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  await Promise.race([closed, sleep(500)]);
  socket.destroy();
}

/** A peer on an open socket that writes this, and is cut half a second later where it is still there. */
async function misbehave(port: number, act: (peer: RawPeer, socket: Socket) => void): Promise<void> {
  const peer = await RawPeer.connect(port);
  peer.send(OPCODE.TEXT, '{"event":"websocket:connected","content-type":"audio/l16;rate=16000"}');
  act(peer, peer.socket);
  await Promise.race([peer.gone, sleep(500)]);
  peer.socket.destroy();
}

function repeat(count: number, act: () => void): void {
  for (let i = 0; i < count; i++) act();
}

/** Everything that one peer can do to the others through this port. */
const hostilities: Readonly<Record<string, (port: number) => Promise<void>>> = {
  'bytes that are no HTTP': (port) => say(port, Buffer.alloc(5000, 0xfe)),
  'half a request': (port) => say(port, upgradeRequest().slice(0, 40)),
  'headers of 100 kB': (port) => say(port, upgradeRequest('/socket', [`X-Long: ${'x'.repeat(100_000)}`])),
  'a path of 50 kB': (port) => say(port, upgradeRequest(`/socket?${'x'.repeat(50_000)}`)),
  'an upgrade to something else': (port) => say(port, upgradeRequest().replace('websocket', 'h2c')),
  'two upgrades in one packet': (port) => say(port, upgradeRequest() + upgradeRequest()),
  'an upgrade that is cut at once': async (port) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(upgradeRequest(), () => socket.resetAndDestroy());
  },
  'an empty message first': (port) => misbehave(port, (peer) => peer.send(OPCODE.BINARY, '')),
  'an empty message before any text': async (port) => {
    const peer = await RawPeer.connect(port);
    peer.send(OPCODE.BINARY, '');
    peer.send(OPCODE.BINARY, '');
    await sleep(100);
    peer.socket.destroy();
  },
  'messages of every size': (port) =>
    misbehave(port, (peer) => {
      for (let bytes = 0; bytes <= 4096; bytes += 31) peer.send(OPCODE.BINARY, Buffer.alloc(bytes));
    }),
  'a message that says it has 2^63 bytes': (port) =>
    misbehave(port, (_peer, socket) =>
      socket.write(Buffer.from([0x82, 0xff, 0x7f, ...Array(7).fill(0xff), 1, 2, 3, 4])),
    ),
  'a message that is too big': (port) => misbehave(port, (peer) => peer.send(OPCODE.BINARY, Buffer.alloc(60_000))),
  'text that is not UTF-8': (port) => misbehave(port, (peer) => peer.send(OPCODE.TEXT, Buffer.from([0xc3, 0x28]))),
  'deeply nested JSON': (port) => misbehave(port, (peer) => peer.send(OPCODE.TEXT, '['.repeat(4096))),
  'JSON that names prototypes': (port) =>
    misbehave(port, (peer) => peer.send(OPCODE.TEXT, '{"__proto__":{"event":"websocket:dtmf"},"constructor":null}')),
  'frames without a mask': (port) =>
    misbehave(port, (peer) => peer.send(OPCODE.BINARY, Buffer.alloc(640), { masked: false })),
  'reserved bits and opcodes': (port) =>
    misbehave(port, (peer) => repeat(16, () => peer.send(3 + Math.floor(Math.random() * 5), 'x', { rsv: 7 }))),
  'fragments without end': (port) =>
    misbehave(port, (peer, socket) => {
      peer.send(OPCODE.BINARY, '', { fin: false });
      socket.write(
        Buffer.concat(Array(20_000).fill(encodeFrame(OPCODE.CONTINUATION, Buffer.alloc(0), { fin: false }))),
      );
    }),
  'a flood of pings from a peer that reads nothing': (port) =>
    misbehave(port, (_peer, socket) => {
      socket.pause();
      socket.write(Buffer.concat(Array(5000).fill(encodeFrame(OPCODE.PING, Buffer.alloc(125)))));
    }),
  'a flood of text': (port) =>
    misbehave(port, (peer) => repeat(500, () => peer.send(OPCODE.TEXT, JSON.stringify({ x: 'y'.repeat(4000) })))),
  'a flood of audio from a peer that reads nothing': (port) =>
    misbehave(port, (peer, socket) => {
      socket.pause();
      repeat(2000, () => peer.send(OPCODE.BINARY, Buffer.alloc(640)));
    }),
  'a close frame of one byte': (port) => misbehave(port, (peer) => peer.send(OPCODE.CLOSE, 'x')),
  'audio after the close frame': (port) =>
    misbehave(port, (peer) => {
      peer.send(OPCODE.CLOSE, Buffer.from([0x03, 0xe8]));
      repeat(50, () => peer.send(OPCODE.BINARY, Buffer.alloc(640)));
    }),
  'a format that is not served, and audio on top': (port) =>
    misbehave(port, (peer) => {
      peer.send(OPCODE.TEXT, '{"content-type":"audio/l16;rate=44100"}');
      repeat(50, () => peer.send(OPCODE.BINARY, Buffer.alloc(1764)));
    }),
};

describe('media-gateway, while others misbehave', () => {
  it('gives a good call every frame, complains of nothing of its own, and keeps nothing of them', async () => {
    await using redis = await startRedis();
    const env = { REDIS_URL: redis.url, FIRST_MESSAGE_TIMEOUT_MS: '1000', MAX_LIVE_CALLS: '300' };
    await using gateway = await startService('media-gateway', { env });
    await using exchange = await callsTo(gateway);
    const call = exchange.call();
    await callIs('live', gateway, call);

    // Sockets that say nothing take their places until their time is up.
    const silent = await Promise.all(Array.from({ length: 100 }, () => VonageEnd.open(gateway.port)));
    for (const [what, commit] of Object.entries(hostilities)) {
      await Promise.all(Array.from({ length: 3 }, () => commit(gateway.port))).catch((cause: unknown) => {
        throw new Error(`after ${what}`, { cause });
      });
      assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200, what);
    }
    for (const end of silent) assert.equal((await end.closed).code, 1008);

    const report = await call.hangUp();
    assert.deepEqual(report.problems, []);
    assert.equal(report.framesEchoed, report.framesSent);
    assert.equal(report.verdict, 'passed');
    const [leg] = (await callIs('ended', gateway, call)).legs;
    assert.deepEqual([leg?.framesIn, leg?.framesOut], [report.framesSent, report.framesSent]);
    assert.deepEqual([leg?.framesWrongSize, leg?.framesDropped], [0, 0]);

    // Faults of peers are no faults of ours.
    assert.deepEqual(
      gateway.logs.filter(({ level }) => level === 'error' || level === 'fatal'),
      [],
    );
    assert.equal(gateway.stderr, '');
    assert.equal((await exchange.call(0.5).report).verdict, 'passed');
    // A leg that was forgotten nowhere is not waited for.
    const began = performance.now();
    assert.equal(await gateway.stop(), 0);
    assert.ok(performance.now() - began < 2000);
  });
});
