import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';
import { type ApplicationOptions, startApplicationServer } from './application.ts';
import { selfSignedCertificate } from './certificates.ts';
import { Seen } from './seen.ts';
import {
  afterFrames,
  all,
  clear,
  close,
  echo,
  echoInFragments,
  echoText,
  flood,
  notify,
  onText,
  play,
  resize,
  type SocketBehaviour,
  send,
  silent,
  terminate,
} from './socket-behaviours.ts';

const FRAME = Buffer.from(Int16Array.from({ length: 320 }, (_, i) => i).buffer);
const CONNECTED = '{"event":"websocket:connected","content-type":"audio/l16;rate=16000"}';

/** A socket to an application that behaves so, and what came back over it: text as it is, audio as its bytes. */
async function connect(socketUri: string, options: ClientOptions = {}) {
  const client = new WebSocket(socketUri, options);
  const received = new Seen<string | Buffer>();
  client.on('message', (data: Buffer, isBinary) => received.add(isBinary ? data : data.toString()));
  const closed = new Promise<number>((resolve) => client.on('close', resolve));
  await once(client, 'open');
  return { client, received, closed };
}

async function socketOf(behaviour: SocketBehaviour | undefined, options: ApplicationOptions = {}) {
  const app = await startApplicationServer({ ...options, ...(behaviour && { socket: behaviour }) });
  const { client, received, closed } = await connect(app.socketUri);
  return { app, client, received, closed, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

/** How an upgrade is refused: the status of the reply, or the code of the error. */
async function refusal(socketUri: string): Promise<unknown> {
  const client = new WebSocket(socketUri);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  client.on('unexpected-response', (request, reply) => {
    resolve([reply.statusCode, reply.headers.location]);
    request.destroy();
  });
  client.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  return promise;
}

describe('the socket of an application', () => {
  it('echoes audio and no text unless told otherwise', async () => {
    await using talk = await socketOf(undefined, { keepAudio: true });
    talk.client.send(CONNECTED);
    talk.client.send(FRAME);
    assert.deepEqual(await talk.received.first(), FRAME);
    const connection = await talk.app.connections.first();
    assert.equal(connection.texts.all[0]?.message.event, 'websocket:connected');
    assert.deepEqual(
      connection.frames.all.map(({ bytes, audio }) => [bytes, audio]),
      [[640, FRAME]],
    );
    talk.client.close(1000, 'over');
    const { code, reason } = await connection.closed;
    assert.deepEqual([code, reason], [1000, 'over']);
  });

  it('keeps sizes alone unless told to keep audio, and takes text that is not JSON', async () => {
    await using talk = await socketOf(silent);
    talk.client.send(FRAME);
    talk.client.send('hello');
    const { texts, frames } = await talk.app.connections.first();
    const { text, message } = await texts.first();
    assert.deepEqual([text, message], ['hello', {}]);
    assert.deepEqual([frames.all[0]?.bytes, frames.all[0]?.audio], [640, undefined]);
    assert.deepEqual(talk.received.all, []);
  });

  it('tells of each connection apart, with its upgrade', async () => {
    await using app = await startApplicationServer();
    await connect(`${app.socketUri}?leg=1`, { headers: { authorization: 'Bearer x' } });
    await connect(`${app.socketUri}?leg=2`);
    const second = await app.connections.first((_, index) => index === 1);
    const [first] = app.connections.all;
    assert.deepEqual([first?.upgrade.query, first?.upgrade.headers.authorization], [{ leg: '1' }, 'Bearer x']);
    assert.deepEqual([second.upgrade.path, second.upgrade.query], ['/socket', { leg: '2' }]);
  });

  it('is encrypted with a certificate', async () => {
    const certificate = await selfSignedCertificate();
    await using app = await startApplicationServer({ certificate });
    const { client, received } = await connect(app.socketUri, { ca: certificate.cert });
    client.send(FRAME);
    assert.deepEqual(await received.first(), FRAME);
    await assert.rejects(connect(app.socketUri), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });
});

describe('a socket behaviour', () => {
  it('sends text back, beside the audio', async () => {
    await using talk = await socketOf(all(echo, echoText));
    talk.client.send(CONNECTED);
    talk.client.send(FRAME);
    await talk.received.first((_, index) => index === 1);
    assert.deepEqual(talk.received.all, [CONNECTED, FRAME]);
  });

  it('sends frames of another size', async () => {
    await using talk = await socketOf(resize(320));
    talk.client.send(FRAME);
    assert.deepEqual(await talk.received.first(), Buffer.alloc(320));
  });

  it('sends a frame in fragments', async () => {
    await using app = await startApplicationServer({ socket: echoInFragments(2) });
    const { client, received } = await connect(app.socketUri);
    const bytes: Buffer[] = [];
    // What is on the wire: ws joins the fragments.
    const wire = (client as unknown as { _socket: NodeJS.ReadableStream })._socket;
    wire.on('data', (chunk: Buffer) => bytes.push(chunk));
    client.send(FRAME);
    assert.deepEqual(await received.first(), FRAME);
    const joined = Buffer.concat(bytes);
    // Binary and not final, 320 bytes; a continuation that is final, 320 bytes.
    assert.deepEqual([...joined.subarray(0, 4)], [0x02, 126, 1, 64]);
    assert.deepEqual([...joined.subarray(324, 328)], [0x80, 126, 1, 64]);
  });

  it('floods, and plays what it is given', async () => {
    await using talk = await socketOf(all(play([FRAME]), flood(4000, 640)));
    await talk.received.first((_, index) => index === 4000);
    assert.deepEqual(talk.received.all[0], FRAME);
    assert.deepEqual(talk.received.all[4000], Buffer.alloc(640));
  });

  it('sends commands and any other text', async () => {
    await using talk = await socketOf(all(notify({ mark: 1 }), clear, send('hello')));
    await talk.received.first((_, index) => index === 2);
    const [marker, ...rest] = talk.received.all;
    assert.equal(marker, '{"action":"notify","payload":{"mark":1}}');
    assert.deepEqual(rest, ['{"action":"clear"}', 'hello']);
  });

  it('begins after so many frames, or at a text', async () => {
    await using talk = await socketOf(all(afterFrames(2, clear, echo), onText('websocket:dtmf', close(4000))));
    for (let i = 0; i < 3; i++) talk.client.send(FRAME);
    await talk.received.first((_, index) => index === 1);
    assert.deepEqual(talk.received.all, ['{"action":"clear"}', FRAME]);
    talk.client.send(CONNECTED);
    talk.client.send('{"event":"websocket:dtmf","digit":"1","duration":100}');
    assert.equal(await talk.closed, 4000);
    const { code } = await (await talk.app.connections.first()).closed;
    assert.equal(code, 4000);
  });

  it('closes with a code, or without a word', async () => {
    await using polite = await socketOf(close(1001, 'going away'));
    assert.equal(await polite.closed, 1001);
    await using rude = await socketOf(terminate);
    assert.equal(await rude.closed, 1006);
  });
});

describe('the upgrade of an application', () => {
  it('may be refused with a status, of one request and not of another', async () => {
    await using app = await startApplicationServer({
      upgrade: ({ headers }) => (headers.authorization ? 'accept' : { status: 401 }),
    });
    assert.deepEqual(await refusal(app.socketUri), [401, undefined]);
    await connect(app.socketUri, { headers: { authorization: 'Bearer x' } });
    assert.deepEqual([app.upgrades.all.length, app.connections.all.length], [2, 1]);
  });

  it('may be redirected, or answered as any page is', async () => {
    await using moved = await startApplicationServer({ upgrade: { status: 301, headers: { location: '/new' } } });
    assert.deepEqual(await refusal(moved.socketUri), [301, '/new']);
    await using page = await startApplicationServer({ upgrade: { status: 200 } });
    assert.deepEqual(await refusal(page.socketUri), [200, undefined]);
  });

  it('may be cut off, or never answered', async () => {
    await using cut = await startApplicationServer({ upgrade: 'hang-up' });
    assert.equal(await refusal(cut.socketUri), 'ECONNRESET');
    await using mute = await startApplicationServer({ upgrade: 'no-reply' });
    const refused = refusal(mute.socketUri);
    await mute.upgrades.first();
    await mute[Symbol.asyncDispose]();
    assert.equal(await refused, 'ECONNRESET');
  });
});
