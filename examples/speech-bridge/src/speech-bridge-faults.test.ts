import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { Clip, silence, tone } from '@kodama/handler-kit';
import type { HandledCall } from '@kodama/handler-testing';
import { eventually } from '@kodama/media-gateway/testing';
import { called, watched } from './testing/called.ts';
import { StandIn } from './testing/stand-in.ts';

const TEN_SECONDS = tone({ hz: 440, ms: 10_000 });
/** More than is read ahead. */
const LONG = Clip.join(TEN_SECONDS, TEN_SECONDS, TEN_SECONDS, tone({ hz: 440, ms: 4000 }));

/** What the bridge has logged; that the machine is slow is none of its affairs. */
const logOf = (call: HandledCall) => call.log.filter(({ tookMs }) => tookMs === undefined);
const linesOf = (call: HandledCall, level: string) => logOf(call).filter((line) => line.level === level);
const pitches = (call: HandledCall) => call.sounds().map(({ hz }) => hz);

/** A port on which nothing listens: one that was free a moment ago. */
async function nobody(): Promise<{ url: string; port: number }> {
  await using standIn = await StandIn.start();
  return { url: standIn.url, port: standIn.port };
}

describe('a call whose speech service fails', { concurrency: true }, () => {
  it('plays what had come of a response, starts anew under the same id, and goes on', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        if (standIn.sessions.length === 1) {
          session.begin();
          session.sendPieces(tone({ hz: 440, ms: 800 }));
          // The rest of the response never comes: the connection is cut when all of this has been sent.
          session.socket.ping('', false, () => session.socket.once('pong', () => session.drop()));
        } else {
          session.sendPieces(tone({ hz: 2000, ms: 300 }));
          session.respond(tone({ hz: 660, ms: 300 }));
        }
      },
    });
    const call = await called(standIn, { says: tone({ hz: 1000, ms: 2500 }), seconds: 2.5 });
    assert.equal(call.end.by, 'peer');
    assert.deepEqual(pitches(call), [440, 660]);
    const [first, second, ...others] = standIn.sessions;
    assert.deepEqual(others, []);
    assert.deepEqual(first?.messages[0], {
      type: 'session.start',
      callId: '00000000-0000-4000-8000-000000000003',
      audio: { sampleRateHz: 24_000, channels: 1, encoding: 's16le' },
    });
    assert.deepEqual(second?.messages[0], first?.messages[0]);
    // What he said meanwhile was kept for the second: nothing is missing but what was under way.
    const bothMs = (first?.audioMs ?? 0) + (second?.audioMs ?? 0);
    assert.ok(bothMs > 2300, `the service has heard ${bothMs} ms`);
    assert.deepEqual(
      logOf(call).map(({ level, msg }) => `${level}: ${msg}`),
      ['warn: the speech service is away: it is tried again and again', 'info: the speech service is back'],
    );
  });

  it('stays up and silent where nobody is there all the time, and is told of once', async () => {
    const call = await called(await nobody(), { says: tone({ hz: 1000, ms: 4000 }), seconds: 4 });
    assert.equal(call.end.by, 'peer');
    assert.deepEqual(call.sounds(), []);
    const [warning, ...others] = linesOf(call, 'warn');
    assert.deepEqual(others, []);
    assert.equal(warning?.reason, 'ECONNREFUSED');
    // Three of the four seconds were kept.
    const dropped = linesOf(call, 'info')[0]?.droppedMs as number;
    assert.ok(dropped >= 900 && dropped <= 1000, `${dropped} ms`);
    assert.equal(logOf(call).length, 2);
  });

  for (const status of [401, 403]) {
    it(`fails at once where the service answers ${status}, and the token is told to nobody`, async () => {
      await using standIn = await StandIn.start({ refusesWith: status });
      const call = await called(standIn, { seconds: 2, settings: { SPEECH_TOKEN: 's3cret' } });
      assert.equal(call.end.by, 'failure');
      assert.match(String(call.end.error), new RegExp(`answers ${status}: it does not take SPEECH_TOKEN`));
      assert.equal(standIn.refused, 1);
      assert.equal(linesOf(call, 'error').length, 1);
      assert.doesNotMatch(JSON.stringify(call.log) + String((call.end.error as Error).stack), /s3cret/);
    });
  }

  it('brings the token in the header, and nowhere else', async () => {
    await using standIn = await StandIn.start({
      token: 's3cret',
      onSession: (session) => session.socket.close(1011, 's3cret'),
    });
    const call = await called(standIn, { seconds: 1, settings: { SPEECH_TOKEN: 's3cret' } });
    const [session] = standIn.sessions;
    assert.equal(session?.authorization, 'Bearer s3cret');
    assert.doesNotMatch(JSON.stringify(session?.messages), /s3cret/);
    assert.equal(linesOf(call, 'warn')[0]?.reason, 'closed with 1011');
    assert.doesNotMatch(JSON.stringify(call.log), /s3cret/);
  });

  it('fails with a line that says why, where there is no URL', async () => {
    const call = await called({ url: '' }, { seconds: 1 });
    assert.equal(call.end.by, 'failure');
    assert.match(String(linesOf(call, 'error')[0]?.err), /SPEECH_URL is not set/);
    assert.equal(logOf(call).length, 1);
  });

  it('gives up a connection on which no session starts, and tries another one', async () => {
    await using standIn = await StandIn.start({ isMute: true });
    const call = await called(standIn, { seconds: 4, settings: { SPEECH_TIMEOUT_MS: '800' } });
    assert.equal(call.end.by, 'peer');
    assert.ok(standIn.sessions.length >= 2, `${standIn.sessions.length} sessions`);
    assert.deepEqual(
      linesOf(call, 'warn').map(({ reason }) => reason),
      ['no session in time'],
    );
    // Nothing but the start is said before the session.
    for (const { messages, audioMs } of standIn.sessions) {
      assert.equal(audioMs, 0);
      assert.deepEqual(
        messages.map(({ type }) => type),
        ['session.start'],
      );
    }
  });

  it('notices a service that reads nothing any more, and goes on with it anew', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        if (standIn.sessions.length === 1) session.stopReading();
        else session.respond(tone({ hz: 660, ms: 300 }));
      },
    });
    const call = await called(standIn, { seconds: 4, settings: { SPEECH_TIMEOUT_MS: '800' } });
    assert.deepEqual(pitches(call), [660]);
    assert.equal(standIn.sessions.length, 2);
    assert.equal(linesOf(call, 'warn')[0]?.reason, 'no answer to a ping');
  });

  it('lives through garbage and messages that are too large', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        if (standIn.sessions.length === 1) {
          for (const text of ['', 'null', '{"type":"session.started"}', '{"type":"no.such"}', '{'.repeat(100_000)]) {
            session.socket.send(text);
          }
          session.respond(tone({ hz: 440, ms: 300 }));
          session.sendAudio(Buffer.alloc(300_000));
        } else {
          session.respond(Clip.join(silence(200), tone({ hz: 660, ms: 300 })));
        }
      },
    });
    const call = await called(standIn, { seconds: 2 });
    assert.equal(call.end.by, 'peer');
    assert.deepEqual(pitches(call), [440, 660]);
    assert.equal(linesOf(call, 'warn').length, 1);
  });

  it('fails with what is thrown while a message is dealt with, and leaves nothing of the connection', async () => {
    await using standIn = await StandIn.start();
    const handler = watched(({ out }) => {
      out.write = () => {
        throw new Error('a mistake of ours');
      };
    });
    const call = await called(standIn, { says: tone({ hz: 300, ms: 200 }), seconds: 3 }, handler);
    assert.equal(call.end.by, 'failure');
    assert.match(String(call.end.error), /a mistake of ours/);
    await eventually('the end of the connection', () => standIn.sessions[0]?.isClosed);
  });
});

describe('a call whose speech service sends far ahead', { concurrency: true }, () => {
  it('reads on when there is room again, and then hears that the caller talks', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        session.begin();
        session.sendPieces(LONG);
        session.say({ type: 'speech.started' });
        session.respond(tone({ hz: 660, ms: 300 }));
      },
    });
    const call = await called(standIn, { seconds: 4.5 });
    assert.deepEqual(pitches(call), [440, 660]);
    // What is above 30 s had to wait for its place: some seconds, and not none.
    const heardMs = standIn.sessions[0]?.truncated[0]?.heardMs ?? 0;
    assert.ok(heardMs > 500, `he heard ${heardMs} ms`);
  });

  it('leaves a service that floods waiting with what it sends', async () => {
    const second = Buffer.alloc(48_000);
    const seconds = 600;
    let waitingBytes = 0;
    await using standIn = await StandIn.start({
      onSession(session) {
        session.begin();
        for (let sent = 0; sent < seconds; sent++) session.sendAudio(second);
        session.onAudio = () => {
          waitingBytes = session.socket.bufferedAmount;
        };
      },
    });
    const unplayed: number[] = [];
    const handler = watched(({ out }) => unplayed.push(out.unplayedMs));
    const call = await called(standIn, { seconds: 2 }, handler);
    // By now it would have been read many times over: a second of it takes a millisecond.
    const [session] = standIn.sessions;
    assert.ok(waitingBytes > (seconds * 48_000) / 2, `${waitingBytes} bytes wait in the service`);
    // A second of the call's own queue, the lead, and a piece.
    assert.ok(Math.max(...unplayed) <= 1000 + 500 + 120, `${Math.max(...unplayed)} ms`);
    assert.equal(call.figures.framesShed, 0);
    assert.equal(call.heard.gaps().count, 0);
    await eventually('the end of the connection', () => session?.isClosed);
  });
});

describe('a call that ends while it has no speech service', { concurrency: true }, () => {
  it('leaves nothing of a connection that is being made', async (test) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      // Read, so that its end is seen; never answered.
      socket.resume();
      sockets.push(socket);
    });
    test.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call = await called({ url }, { seconds: 0.3 });
    assert.equal(call.end.by, 'peer');
    assert.equal(sockets.length, 1);
    await eventually('the end of the connection', () => sockets.every(({ destroyed }) => destroyed));
    assert.deepEqual(logOf(call), []);
  });

  it('is not connected any more, when it was about to try again', async () => {
    const { url, port } = await nobody();
    // At its end it waits for its third try or its fourth.
    const call = await called({ url }, { seconds: 1 });
    assert.equal(call.end.by, 'peer');
    await using standIn = await StandIn.start({ port, onSession: () => {} });
    const late = await called(standIn, { seconds: 1.2 });
    assert.equal(late.end.by, 'peer');
    assert.equal(standIn.sessions.length, 1);
  });
});
