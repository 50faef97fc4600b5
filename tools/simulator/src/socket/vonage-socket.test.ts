import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { startApplicationServer } from '../testing/application.ts';
import { Seen } from '../testing/seen.ts';
import { onText, play } from '../testing/socket-behaviours.ts';
import { MOST_UNREAD_BYTES, SocketError, VonageSocket, type VonageSocketOptions } from './vonage-socket.ts';

/** A frame as a server sends it, of 126 to 65535 bytes. */
function frame(opcode: number, isFinal: boolean, bytes: number, fill: number): Buffer {
  const header = Buffer.from([(isFinal ? 0x80 : 0) | opcode, 126, bytes >> 8, bytes & 0xff]);
  return Buffer.concat([header, Buffer.alloc(bytes, fill)]);
}

/** A server that answers an upgrade, with more headers if told so, and these bytes behind the response in the same write. */
async function startRawServer(behind: Buffer, headers = '') {
  const connections: Socket[] = [];
  const server = createServer((connection) => {
    connections.push(connection);
    connection.on('error', () => {});
    connection.once('data', (request) => {
      const [, key] = /^sec-websocket-key: (.*)\r$/im.exec(request.toString()) ?? [];
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      const usual = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
      const head = `HTTP/1.1 101 Switching Protocols\r\n${usual}${headers}\r\n`;
      connection.write(Buffer.concat([Buffer.from(head), behind]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    uri: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A socket, and what came over it: the first byte of a binary message, its length, and whether it came in fragments. */
async function open(uri: string, options: Partial<VonageSocketOptions> = {}) {
  const received = new Seen<string | readonly [first: number | undefined, bytes: number, inFragments: boolean]>();
  const socket = await VonageSocket.open({
    uri,
    sampleRateHz: 16_000,
    headers: {},
    authorization: undefined,
    rules: new RuleSettings(),
    signal: undefined,
    onAudio: (message, inFragments) => received.add([message[0], message.length, inFragments]),
    onText: (text) => received.add(text),
    ...options,
  });
  return { socket, received };
}

describe("Vonage's end of a socket", () => {
  it('loses nothing of what comes in one piece with the response to the upgrade', async () => {
    const behind = [frame(2, false, 320, 1), frame(0, true, 320, 2), frame(2, true, 640, 3)];
    await using server = await startRawServer(Buffer.concat(behind));
    const { socket, received } = await open(server.uri);
    await received.first((_, index) => index === 1);
    server.connections[0]?.write(frame(2, true, 640, 4));
    await received.first((_, index) => index === 2);
    assert.deepEqual(received.all, [
      [1, 640, true],
      [3, 640, false],
      [4, 640, false],
    ]);
    socket.break('connection');
    await socket.closed;
  });

  it('hears nothing any more once it has cut the connection, whatever has come in already', async () => {
    const burst = play(new Array<Buffer>(100).fill(Buffer.alloc(640)));
    await using app = await startApplicationServer({ socket: onText('websocket:connected', burst) });
    let count = 0;
    const { socket } = await open(app.socketUri, {
      onAudio: () => {
        count++;
        if (count === 3) socket.break('platform');
      },
    });
    assert.deepEqual(await socket.closed, { code: 1006, reason: '', by: 'platform' });
    assert.equal(count, 3);
    assert.equal((await (await app.connections.first()).closed).code, 1006);
  });

  it('says what was too large, in place of an error of its library', async () => {
    await using app = await startApplicationServer({ socket: ({ socket }) => socket.send(Buffer.alloc(1_048_577)) });
    const { socket, received } = await open(app.socketUri);
    const { by } = await socket.closed;
    assert.deepEqual([by, received.all.length], ['connection', 0]);
    assert.equal(socket.protocolError, 'the application sent a message of more than 1048576 bytes');
  });

  it('takes a message of just that size', async () => {
    await using app = await startApplicationServer({ socket: ({ socket }) => socket.send(Buffer.alloc(1_048_576)) });
    const { socket, received } = await open(app.socketUri);
    assert.deepEqual(await received.first(), [0, 1_048_576, false]);
    await socket.hangUp('caller');
  });

  it('names what breaks the protocol', async () => {
    // Masked, as only a client's frames may be.
    await using server = await startRawServer(Buffer.from([0x82, 0x81, 0, 0, 0, 0, 1]));
    const { socket } = await open(server.uri);
    assert.equal((await socket.closed).by, 'connection');
    assert.match(socket.protocolError ?? '', /MASK must be clear/);
  });

  it('fails with a sentence where the address or a header is none that can be used', async () => {
    const rejection = (message: RegExp) => (error: unknown) => {
      assert.ok(error instanceof SocketError);
      assert.equal(error.code, 'SOCKET_UNREACHABLE');
      assert.match(error.message, message);
      return true;
    };
    await assert.rejects(
      open('ws://127.0.0.1:1/socket#here'),
      rejection(/^cannot open ws:\/\/127\.0\.0\.1:1\/socket#…: The URL contains a fragment identifier$/),
    );
    await assert.rejects(
      open('ws://127.0.0.1:1/', { authorization: 'Bearer a\nb' }),
      rejection(/^cannot open ws:\/\/127\.0\.0\.1:1\/: Invalid character in header content/),
    );
    await assert.rejects(open('ws://127.0.0.1:1/'), rejection(/ECONNREFUSED|bad port/));
  });

  it('opens as the bridge did where a server takes none of its sub-protocols, but takes none that it did not offer', async () => {
    await using bare = await startRawServer(Buffer.alloc(0));
    const { socket } = await open(bare.uri, { rules: new RuleSettings({ '3.1.5': 'wsbridge' }) });
    assert.equal(socket.isOpen, true);
    socket.break('connection');
    await using choosing = await startRawServer(Buffer.alloc(0), 'Sec-WebSocket-Protocol: audio\r\n');
    await assert.rejects(open(choosing.uri), {
      code: 'SOCKET_UNREACHABLE',
      message: `cannot open ${choosing.uri}: Server sent a subprotocol but none was requested`,
    });
  });

  it('names an address without what may be secret in it', async () => {
    await using app = await startApplicationServer({ upgrade: { status: 404 } });
    const uri = app.socketUri.replace('ws://', 'ws://me:SECRET@');
    await assert.rejects(open(`${uri}?token=SECRET`), {
      code: 'SOCKET_REFUSED',
      message: `${app.socketUri}?… answered the upgrade with status 404`,
    });
    await assert.rejects(open(`ws://127.0.0.1:1/?token=SECRET`), (error: Error) => !error.message.includes('SECRET'));
  });

  it('gives up when the call ends before it is open', async () => {
    await using app = await startApplicationServer({ upgrade: 'no-reply' });
    const hangUp = new AbortController();
    const opening = open(app.socketUri, { signal: hangUp.signal });
    await app.upgrades.first();
    hangUp.abort();
    await assert.rejects(opening, { code: 'HUNG_UP' });
    await assert.rejects(open(app.socketUri, { signal: AbortSignal.abort() }), { code: 'HUNG_UP' });
  });

  it('waits for no answer to its goodbye without an end', async () => {
    await using server = await startRawServer(Buffer.alloc(0));
    const { socket } = await open(server.uri);
    assert.deepEqual(await socket.hangUp('caller'), { code: 1006, reason: '', by: 'caller' });
  });

  it('is closed by whoever hangs up first, which cutting it is not', async () => {
    await using app = await startApplicationServer();
    const [first, second] = [await open(app.socketUri), await open(app.socketUri)];
    const hungUp = first.socket.hangUp('platform');
    void first.socket.hangUp('caller');
    assert.deepEqual(await hungUp, { code: 1000, reason: '', by: 'platform' });
    second.socket.break('platform');
    assert.deepEqual(await second.socket.hangUp('caller'), { code: 1006, reason: '', by: 'platform' });
    assert.deepEqual([first.socket.isHungUp, second.socket.isHungUp], [true, false]);
  });

  it('keeps what is sent, and does not hear, while the network is cut; afterwards it all comes in order', async () => {
    await using app = await startApplicationServer({ keepAudio: true });
    const { socket, received } = await open(app.socketUri);
    const { texts, frames, socket: theirs } = await app.connections.first();
    await texts.first();
    socket.hold();
    for (let k = 0; k < 5; k++) socket.sendAudio(Buffer.alloc(640, k));
    socket.sendEvent('websocket:dtmf', { digit: '1', duration: 100 });
    // A second connection is through before the first, held one has anything.
    theirs.send('hello');
    const other = await open(app.socketUri);
    other.socket.sendAudio(Buffer.alloc(640));
    await other.received.first();
    assert.deepEqual([received.all, frames.all.length, texts.all.length], [[], 0, 1]);
    socket.release();
    await received.first((_, index) => index === 5);
    assert.deepEqual(received.all[0], 'hello');
    assert.deepEqual(
      frames.all.map(({ audio }) => audio?.[0]),
      [0, 1, 2, 3, 4],
    );
    assert.equal(texts.all[1]?.message.digit, '1');
    await Promise.all([socket.hangUp('caller'), other.socket.hangUp('caller')]);
  });

  it('sends no more to a server that does not read, once a megabyte waits', async () => {
    await using server = await startRawServer(Buffer.alloc(0));
    const { socket } = await open(server.uri);
    server.connections[0]?.pause();
    const audio = Buffer.alloc(64 * 1024);
    let sent = 0;
    // What the system takes for the connection comes on top; it is some megabytes at most.
    while (sent < 1000 && socket.sendAudio(audio)) sent++;
    assert.ok(sent >= MOST_UNREAD_BYTES / audio.length && sent < 1000, `${sent} messages`);
    socket.break('connection');
    await socket.closed;
  });
});
