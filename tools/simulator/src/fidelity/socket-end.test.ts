import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mock, suite } from 'node:test';
import { tokenGenerate } from '@vonage/jwt';
import { startApplicationServer } from '../testing/application.ts';
import { selfSignedCertificate } from '../testing/certificates.ts';
import { callWith, event, line, socketOf, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import { afterFrames, close, silent, terminate } from '../testing/socket-behaviours.ts';
import { notesOf, type SocketCall, socketCall, taken, textsOf } from '../testing/socket-call.ts';

const APPLICATION_ID = 'aaaaaaaa-0000-4000-8000-000000000001';
const WAIT = { action: 'wait', timeout: 30 };
const TALK = [{ action: 'talk', text: 'Welcome back' }];

const namesOf = ({ call }: Pick<SocketCall, 'call'>) => call.events.map(({ name }) => name);

/** Replies to a disconnected event with this NCCO, to any other with nothing. */
const atDisconnected = (ncco: readonly unknown[]) => ({
  events: ({ fields }: { readonly fields: Readonly<Record<string, unknown>> }) =>
    fields.status === 'disconnected' ? { json: ncco } : undefined,
});

suite('the end of a socket', { concurrency: 8 }, () => {
  rule('3.6.1', 'for both legs, and none of them is disconnected', async () => {
    await using stage = await socketCall({ socket: silent });
    await stage.connection.frames.first((_, index) => index === 5);
    const { closedBy, verdict } = await stage.call.hangUp();
    assert.deepEqual([closedBy, verdict], ['caller', 'passed']);
    assert.equal(textsOf(stage.connection).length, 1, 'nothing after the first message');
    await stage.connection.closed;
    const names = ['started', 'ringing', 'answered', 'started', 'answered', 'completed', 'completed'];
    assert.deepEqual(namesOf(stage), names);
  });

  rule('3.6.2', 'an NCCO in the reply takes over', async () => {
    await using stage = await socketCall({ socket: afterFrames(3, close(1000)), ...atDisconnected(TALK) });
    const report = await stage.call.ended;
    await line(stage.call, /^talk: “Welcome back”$/);
    assert.deepEqual([report.closedBy, report.closeCode], ['application', 1000]);
    assert.equal((await event(stage.call, 'disconnected')).body.uuid, report.socketLegUuid);
  });

  rule('3.6.2', 'an empty reply lets the next action follow, and after the last one the call is over', async () => {
    await using stage = await callWith(({ ncco }) => [...ncco, ...TALK], {
      application: { socket: afterFrames(3, close(4000, 'enough')) },
      simulator: taken({ '2.5.9': 'afterwards' }),
    });
    const report = await stage.call.ended;
    const closed = await line(stage.call, /^closed by the application with 4000$/);
    const talk = await line(stage.call, /^talk: “Welcome back”$/);
    assert.ok(talk.atMs >= closed.atMs);
    assert.match(
      notesOf(report).at(-1) ?? '',
      /^the application closed the socket with 4000 \(enough\) after \d+ frames? \[rule 3\.6\.2\]$/,
    );
    assert.equal(report.events.at(-1)?.body.disconnected_by, 'platform');
  });

  rule('3.6.2', "the event goes to the leg's own eventUrl", async () => {
    await using other = await startApplicationServer();
    await using stage = await socketCall({
      socket: afterFrames(3, close(1000)),
      connect: { eventUrl: [other.eventUrl] },
    });
    await stage.call.ended;
    assert.deepEqual(
      other.events.all.map(({ fields }) => fields.status),
      ['started', 'answered', 'disconnected', 'completed'],
    );
    const { fields } = other.events.all[2] ?? assert.fail();
    assert.deepEqual([fields.to, fields.uuid], [stage.application.socketUri, stage.call.ids.socketLegUuid]);
  });

  rule('3.6.2', 'a connection that is cut without a close frame is the same, and a problem', async () => {
    await using stage = await socketCall({ socket: afterFrames(3, terminate) });
    const { problems, closedBy, closeCode } = await stage.call.ended;
    assert.deepEqual([closedBy, closeCode], ['connection', 1006]);
    assert.match(problems.join(), /^the connection broke with 1006 after \d+ frames? \[rule 3\.6\.2\]$/);
    assert.ok(namesOf(stage).includes('disconnected'));
  });

  rule('3.6.3', 'it is closed with 1000 and completed', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await using stage = await socketCall({ socket: silent }, { rest: { publicKey, applicationId: APPLICATION_ID } });
    const reply = await fetch(`${stage.simulator.restUrl}/v1/calls/${stage.call.ids.socketLegUuid}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${tokenGenerate(APPLICATION_ID, privateKey)}`,
        'content-type': 'application/json',
      },
      body: '{"action":"hangup"}',
    });
    assert.equal(reply.status, 204);
    assert.equal((await stage.connection.closed).code, 1000);
    const { problems, closedBy } = await stage.call.ended;
    assert.deepEqual([problems, closedBy], [[], 'platform']);
    assert.deepEqual(namesOf(stage).slice(3), ['started', 'answered', 'completed', 'completed']);
  });

  rule('3.6.4', 'without synchronous the next action follows, whatever the reply holds', async () => {
    await using stage = await callWith(({ ncco }) => [...ncco, ...TALK], {
      application: { upgrade: { status: 404 }, events: [{ action: 'talk', text: 'Not this' }] },
    });
    const report = await stage.call.ended;
    await line(stage.call, /^talk: “Welcome back”$/);
    assert.ok(report.timeline.every(({ text }) => !text.includes('Not this')));
    const { body } = await event(stage.call, 'unanswered');
    assert.deepEqual([body.uuid, body.detail], [report.socketLegUuid, 'unavailable']);
    assert.deepEqual(report.problems, [
      `${stage.application.socketUri} answered the upgrade with status 404 [rule 3.6.4]`,
    ]);
    assert.deepEqual([report.failureCode, report.socketUri], ['SOCKET_REFUSED', stage.application.socketUri]);
  });

  rule('3.6.4', 'without synchronous the next action does not even wait for the reply', async () => {
    const reply = Promise.withResolvers<undefined>();
    await using stage = await callWith(({ ncco }) => [...ncco, ...TALK], {
      application: {
        upgrade: { status: 404 },
        events: ({ fields }) => (fields.status === 'unanswered' ? reply.promise : undefined),
      },
    });
    await line(stage.call, /^talk: “Welcome back”$/);
    assert.ok(!namesOf(stage).includes('unanswered'));
    reply.resolve(undefined);
    await event(stage.call, 'unanswered');
  });

  rule('3.6.4', 'and what is said of it has nothing of the query, where secrets are', async () => {
    await using stage = await callWith(
      (application) => [
        { action: 'connect', endpoint: [socketOf(application, { uri: `${application.socketUri}?token=SECRET` })] },
        { action: 'stream', streamUrl: [`${application.origin}/none.wav?token=SECRET`] },
        { action: 'stream', streamUrl: [`${application.origin.replace('//', '//me:SECRET@')}/none.wav`] },
      ],
      { application: { upgrade: { status: 404 } } },
    );
    const { problems, notes, timeline } = await stage.call.ended;
    assert.equal(problems.length, 3);
    assert.doesNotMatch(JSON.stringify([problems, notes, timeline]), /SECRET/);
  });

  rule('3.6.4', 'with synchronous an NCCO in the reply takes over', async () => {
    await using stage = await callWith(({ ncco }) => [...ncco, { action: 'talk', text: 'Not this' }], {
      application: {
        upgrade: { status: 503 },
        connect: { eventType: 'synchronous' },
        events: ({ fields }) => (fields.status === 'unanswered' ? { json: TALK } : undefined),
      },
    });
    const report = await stage.call.ended;
    await line(stage.call, /^talk: “Welcome back”$/);
    assert.ok(report.timeline.every(({ text }) => !text.includes('Not this')));
  });

  rule('3.6.4', 'where no action is left the call is over', async () => {
    await using stage = await callWith(({ ncco }) => ncco, { application: { upgrade: 'hang-up' } });
    const report = await stage.call.ended;
    assert.equal(report.events.at(-1)?.body.disconnected_by, 'platform');
    assert.match(report.problems.join(), /^cannot open ws:\S+: socket hang up \[rule 3\.6\.4\]$/);
  });

  rule('3.6.5', 'however long the call lasts', async () => {
    await using stage = await callWith(({ ncco }) => [...ncco, WAIT], {
      application: { socket: afterFrames(3, close(1001)) },
    });
    await event(stage.call, 'disconnected');
    const { heard } = stage.call;
    const closedMs = heard.durationMs;
    await until('another 400 ms are over', () => heard.durationMs >= closedMs + 400);
    assert.equal(stage.application.upgrades.all.length, 1);
    await stage.call.hangUp();
  });

  rule('3.6.5', 'but for a connect in the reply to the disconnected event', async () => {
    let count = 0;
    await using stage = await callWith(({ ncco }) => ncco, {
      application: {
        socket: (connection) => void (count++ === 0 && afterFrames(3, close(1001))(connection)),
        events: ({ fields }, { ncco }) => (fields.status === 'disconnected' ? { json: ncco } : undefined),
      },
    });
    const again = await stage.application.connections.first((_, index) => index === 1);
    await again.frames.first();
    const { closedBy } = await stage.call.hangUp();
    assert.equal((await again.closed).code, 1000);
    assert.equal(closedBy, 'application', 'the report is on the first socket');
  });

  rule('3.6.6', 'and the application sees it', async () => {
    await using stage = await socketCall({ socket: silent }, taken({ '3.6.6': '1000' }));
    assert.equal((await stage.call.hangUp()).closeCode, 1000);
    assert.deepEqual((await stage.connection.closed).code, 1000);
  });

  rule('3.6.6', 'taken the other way, the connection is cut, and no fault of the application’s', async () => {
    await using stage = await socketCall({ socket: silent }, taken({ '3.6.6': '1006' }));
    const { closedBy, closeCode, problems } = await stage.call.hangUp();
    assert.deepEqual([closedBy, closeCode, problems], ['caller', 1006, []]);
    assert.equal((await stage.connection.closed).code, 1006);
    assert.ok(!namesOf(stage).includes('disconnected'));
  });

  // One test for both, as time is stopped in it.
  rule('3.6.7', 'taken the other way, one comes every 20 s', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      await using without = await socketCall({ socket: silent }, taken({ '3.6.7': 'none' }));
      await using stage = await socketCall({ socket: silent }, taken({ '3.6.7': '20s' }));
      let pings = 0;
      without.connection.socket.on('ping', () => assert.fail('a ping, though there is none'));
      stage.connection.socket.on('ping', () => pings++);
      mock.timers.tick(19_999);
      await stage.connection.frames.first((_, index) => index === 20);
      assert.equal(pings, 0);
      for (const expected of [1, 2]) {
        const ping = once(stage.connection.socket, 'ping');
        mock.timers.tick(expected === 1 ? 1 : 20_000);
        await ping;
        assert.equal(pings, expected);
      }
    } finally {
      mock.timers.reset();
    }
  });

  rule('3.6.8', 'with a sentence that says so', async () => {
    const certificate = await selfSignedCertificate();
    await using secure = await startApplicationServer({ certificate, socket: silent });
    await using stage = await callWith(() => [{ action: 'connect', endpoint: [socketOf(secure)] }], {
      simulator: taken({ '3.6.8': 'refused' }),
    });
    const { problems } = await stage.call.ended;
    assert.match(problems.join(), /^cannot open wss:\S+: .*certificate.* \[rule 3\.6\.4\]$/);
    assert.equal(secure.connections.all.length, 0);
  });

  rule('3.6.8', 'taken the other way, any certificate does', async () => {
    const certificate = await selfSignedCertificate();
    await using secure = await startApplicationServer({ certificate, socket: silent });
    await using stage = await callWith(() => [{ action: 'connect', endpoint: [socketOf(secure)] }], {
      simulator: taken({ '3.6.8': 'accepted' }),
    });
    await (await secure.connections.first()).frames.first();
    const { problems } = await stage.call.hangUp();
    assert.deepEqual(problems, []);
  });

  rule('3.6.9', 'with the same data', async () => {
    await using stage = await socketCall({ socket: silent });
    const { socket } = stage.connection;
    const pong = once(socket, 'pong') as Promise<[Buffer]>;
    socket.ping('are you there');
    assert.deepEqual((await pong)[0].toString(), 'are you there');
  });
});
