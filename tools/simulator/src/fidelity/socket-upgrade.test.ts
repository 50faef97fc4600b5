import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { callWith, shareOf, socketOf, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import type { SeenConnection } from '../testing/seen-connection.ts';
import { pcmOf } from '../testing/signals.ts';
import { play, type SocketBehaviour, silent } from '../testing/socket-behaviours.ts';
import { audioOf, socketCall, taken, textsOf } from '../testing/socket-call.ts';
import { toneFrames, toneRecording } from '../testing/tone.ts';

/** Two sockets in one conversation. */
const TWO_LEGS = ({ socketUri }: { readonly socketUri: string }) =>
  ['a', 'b'].map((leg) => ({
    action: 'connect',
    endpoint: [{ type: 'websocket', uri: `${socketUri}?leg=${leg}`, 'content-type': 'audio/l16;rate=16000' }],
  }));

/** Of the last fifth of a second that came, the part that is this tone. */
const hears = (connection: SeenConnection, hz: number) => shareOf(pcmOf(audioOf(connection).slice(-10)), 16_000, hz);

/** Writes down of each message whether it was binary, in the order in which they came. */
function orderOfKinds() {
  const kinds: string[] = [];
  const write: SocketBehaviour = ({ socket }) =>
    socket.on('message', (_, isBinary) => kinds.push(isBinary ? 'audio' : 'text'));
  return { kinds, write };
}

suite('the upgrade and the first message', { concurrency: 8 }, () => {
  rule('3.1.1', 'one connection for each leg, opened by the simulator at the uri of the endpoint', async () => {
    await using stage = await callWith(TWO_LEGS, { application: { socket: silent } });
    const { upgrades } = stage.application;
    await upgrades.first((_, index) => index === 1);
    assert.deepEqual(
      upgrades.all.map(({ method, path, query }) => [method, path, query]),
      [
        ['GET', '/socket', { leg: 'a' }],
        ['GET', '/socket', { leg: 'b' }],
      ],
    );
  });

  rule('3.1.2', 'the caller and the other socket at the same time, and nothing of itself', async () => {
    const tones = { a: toneFrames(1000, 8000, 16_000, 0.2), b: toneFrames(2000, 8000, 16_000, 0.2) };
    const socket: SocketBehaviour = (connection) =>
      play(connection.upgrade.query.leg === 'a' ? tones.a : tones.b)(connection);
    await using stage = await callWith(TWO_LEGS, { application: { socket, keepAudio: true } });
    const a = await stage.application.connections.first(({ upgrade }) => upgrade.query.leg === 'a');
    const b = await stage.application.connections.first(({ upgrade }) => upgrade.query.leg === 'b');
    void stage.call.say(toneRecording(400, 8000, 16_000, 0.2));
    await until('a hears the caller and b', () => hears(a, 400) > 0.4 && hears(a, 2000) > 0.4);
    await until('b hears the caller and a', () => hears(b, 400) > 0.4 && hears(b, 1000) > 0.4);
    assert.ok(hears(a, 1000) < 0.01 && hears(b, 2000) < 0.01, 'neither hears itself');
  });

  rule('3.1.3', 'no header beyond those of RFC 6455', async () => {
    await using stage = await socketCall({ endpoint: { headers: { leg: '7' } } });
    const { upgrade } = stage.connection;
    assert.equal(upgrade.method, 'GET');
    assert.deepEqual(Object.keys(upgrade.headers).sort(), [
      'connection',
      'host',
      'sec-websocket-key',
      'sec-websocket-version',
      'upgrade',
    ]);
    assert.equal(upgrade.headers['sec-websocket-version'], '13');
    assert.deepEqual(upgrade.query, {}, 'no id of the call');
  });

  rule('3.1.3', 'an Authorization header as the endpoint has it', async () => {
    await using stage = await socketCall({ endpoint: { authorization: { type: 'custom', value: 'Bearer made-up' } } });
    assert.equal(stage.connection.upgrade.headers.authorization, 'Bearer made-up');
  });

  rule('3.1.4', 'they are in the first message alone', async () => {
    await using stage = await socketCall({ endpoint: { headers: { leg: '7' } } }, taken({ '3.1.4': 'no' }));
    assert.equal(stage.connection.upgrade.headers.leg, undefined);
    assert.equal((await stage.connection.texts.first()).message.leg, '7');
  });

  rule('3.1.4', 'taken the other way, they are on the upgrade as well', async () => {
    const headers = { leg: '7', 'x-more': { nested: 'ü' }, 'no header': 1 };
    await using stage = await socketCall({ endpoint: { headers } }, taken({ '3.1.4': 'yes' }));
    const { upgrade } = stage.connection;
    assert.deepEqual([upgrade.headers.leg, upgrade.headers['x-more']], ['7', '{"nested":"?"}']);
    assert.deepEqual((await stage.connection.texts.first()).message['x-more'], { nested: 'ü' });
  });

  rule('3.1.5', 'none of them', async () => {
    await using stage = await socketCall({}, taken({ '3.1.5': 'none' }));
    const { headers } = stage.connection.upgrade;
    assert.equal(headers['sec-websocket-protocol'], undefined);
    assert.equal(headers['sec-websocket-extensions'], undefined);
    assert.equal(headers.origin, undefined);
  });

  rule('3.1.5', 'taken as the bridge did it, the sub-protocol WSBRIDGE and the host as Origin', async () => {
    await using stage = await socketCall({}, taken({ '3.1.5': 'wsbridge' }));
    const { headers } = stage.connection.upgrade;
    assert.equal(headers['sec-websocket-protocol'], 'WSBRIDGE');
    assert.equal(headers.origin, headers.host);
    assert.equal(headers['sec-websocket-extensions'], undefined);
  });

  for (const rate of [8000, 16_000, 24_000]) {
    const contentType = `audio/l16;rate=${rate}`;
    rule('3.2.1', `for ${contentType}, and no other key`, async () => {
      await using stage = await socketCall({ endpoint: { 'content-type': contentType } });
      const { text } = await stage.connection.texts.first();
      assert.equal(text, `{"event":"websocket:connected","content-type":"${contentType}"}`);
    });
  }

  rule('3.2.2', 'texts, numbers and objects as they are in the NCCO', async () => {
    const headers = { leg: '7', attempt: 2, caller: { tier: 'gold' } };
    await using stage = await socketCall({ endpoint: { headers } });
    assert.deepEqual((await stage.connection.texts.first()).message, {
      event: 'websocket:connected',
      'content-type': 'audio/l16;rate=16000',
      ...headers,
    });
  });

  rule('3.2.3', 'its value is websocket:connected', async () => {
    await using stage = await socketCall({}, taken({ '3.2.3': 'event' }));
    assert.equal((await stage.connection.texts.first()).message.event, 'websocket:connected');
  });

  rule('3.2.3', 'taken as before 2020, the content type and the headers alone', async () => {
    await using stage = await socketCall({ endpoint: { headers: { leg: '7' } } }, taken({ '3.2.3': 'none' }));
    assert.equal((await stage.connection.texts.first()).text, '{"content-type":"audio/l16;rate=16000","leg":"7"}');
  });

  rule('3.2.4', 'its first character is a brace', async () => {
    await using stage = await socketCall({}, taken({ '3.2.4': 'none' }));
    assert.match((await stage.connection.texts.first()).text, /^\{/);
  });

  rule('3.2.4', 'taken as the bridge did it, there is one space', async () => {
    await using stage = await socketCall({}, taken({ '3.2.4': 'leading' }));
    const { text, message } = await stage.connection.texts.first();
    assert.match(text, /^ \{/);
    assert.equal(message.event, 'websocket:connected');
  });

  rule('3.2.5', "the application's are in the message, and each has a note", async () => {
    const headers = { event: 'mine', 'content-type': 'audio/mpeg' };
    await using stage = await socketCall({ endpoint: { headers } });
    assert.deepEqual((await stage.connection.texts.first()).message, headers);
    const { notes, problems } = await stage.call.hangUp();
    for (const name of ['event', 'content-type']) {
      const sentence = `has ${name}, which is a key of the platform's own in the socket's first message`;
      assert.ok(
        notes.some((note) => note.includes(sentence)),
        notes.join('\n'),
      );
    }
    assert.deepEqual(problems, []);
  });

  rule('3.2.6', 'the text, then audio', async () => {
    const { kinds, write } = orderOfKinds();
    await using _stage = await socketCall({ socket: write }, taken({ '3.2.6': 'text-first' }));
    await until('there are five messages', () => kinds.length >= 5);
    assert.deepEqual(kinds.slice(0, 5), ['text', 'audio', 'audio', 'audio', 'audio']);
  });

  rule('3.2.6', 'taken the other way, one frame comes ahead of it', async () => {
    const { kinds, write } = orderOfKinds();
    await using stage = await socketCall({ socket: write }, taken({ '3.2.6': 'audio-first' }));
    await until('there are three messages', () => kinds.length >= 3);
    assert.deepEqual(kinds.slice(0, 3), ['audio', 'text', 'audio']);
    assert.equal(stage.connection.frames.all[0]?.bytes, 640);
    assert.equal(textsOf(stage.connection).length, 1);
  });

  rule('3.2.6', 'the rate that the NCCO asks for counts for audio that comes ahead of the first message', async () => {
    await using stage = await callWith(
      (application) => [
        { action: 'connect', endpoint: [socketOf(application, { 'content-type': 'audio/l16;rate=8000' })] },
      ],
      { application: { socket: play(toneFrames(1000, 200, 8000)) } },
    );
    const { call, application } = stage;
    await (await application.connections.first()).frames.first((_, index) => index === 30);
    const { framesReceived, framesPlayed, problems } = await call.hangUp();
    assert.deepEqual([framesReceived, framesPlayed, problems], [10, 10, []]);
  });
});
