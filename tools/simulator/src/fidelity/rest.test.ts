import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { suite } from 'node:test';
import { Auth } from '@vonage/auth';
import { tokenGenerate } from '@vonage/jwt';
import { CallStatus, type Talk, Voice } from '@vonage/voice';
import type { Application } from '../testing/application.ts';
import {
  callWith,
  event,
  hearsNoTone,
  hearsTone,
  line,
  type NccoCall,
  type NccoCallOptions,
  shareOf,
  socketOf,
  until,
} from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import { pcmOf } from '../testing/signals.ts';
import { afterFrames, close, play, silent } from '../testing/socket-behaviours.ts';
import { toneFrames, toneRecording } from '../testing/tone.ts';

const APPLICATION_ID = 'aaaaaaaa-0000-4000-8000-000000000001';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const rest = { publicKey, applicationId: APPLICATION_ID };

type RestCall = NccoCall & { readonly voice: Voice; readonly restUrl: string };

const connected = (application: Application) => [{ action: 'connect', endpoint: [socketOf(application)] }];

/** A call that is connected to a socket, and the official client for it. */
async function restCall(
  options: NccoCallOptions = {},
  ncco: (application: Application) => readonly unknown[] = connected,
): Promise<RestCall> {
  const stage = await callWith(ncco, {
    ...options,
    application: { keepAudio: true, socket: silent, ...options.application },
    simulator: { rest, ...options.simulator },
  });
  const restUrl = stage.simulator.restUrl ?? assert.fail();
  const auth = new Auth({ applicationId: APPLICATION_ID, privateKey });
  return { ...stage, restUrl, voice: new Voice(auth, { apiHost: restUrl }) };
}

/** What the application has heard of a tone in its last half second. */
function socketHears({ application }: NccoCall, hz: number, connection = 0): number {
  const last = application.connections.all[connection]?.frames.all.slice(-25) ?? [];
  return last.length < 25 ? 0 : shareOf(pcmOf(last.map(({ audio }) => audio ?? Buffer.alloc(0))), 16_000, hz);
}

const noContent = { status: 204 };

suite('REST', { concurrency: 8 }, () => {
  rule('7.3.2', 'the answer webhook names the stand-in as region_url, and a client finds the call there', async () => {
    await using stage = await restCall();
    const asked = await stage.application.answers.first();
    assert.equal(asked.query.region_url, stage.restUrl);
    const auth = new Auth({ applicationId: APPLICATION_ID, privateKey });
    const voice = new Voice(auth, { apiHost: asked.query.region_url ?? '' });
    assert.equal((await voice.getCall(asked.query.uuid ?? '')).uuid, stage.call.ids.legUuid);
  });

  rule('7.4.1', 'hangup of the caller’s leg ends the call, and the socket with it', async () => {
    await using stage = await restCall();
    await stage.call.connected();
    await stage.voice.hangupCall(stage.call.ids.legUuid);
    const report = await stage.call.ended;
    assert.ok(report.events.every(({ name }) => name !== 'disconnected'));
    assert.equal(report.events.at(-1)?.body.disconnected_by, 'platform');
    assert.deepEqual([report.closeCode, report.verdict], [1000, 'passed']);
  });

  rule(
    '7.4.1',
    'hangup of the socket’s leg has no disconnected event, and ends a call that has nothing else',
    async () => {
      await using stage = await restCall();
      await stage.call.connected();
      await stage.voice.hangupCall(stage.call.ids.socketLegUuid);
      const report = await stage.call.ended;
      assert.deepEqual(
        report.events.map(({ name }) => name),
        ['started', 'ringing', 'answered', 'started', 'answered', 'completed', 'completed'],
      );
      assert.equal(report.verdict, 'passed');
      const [connection] = stage.application.connections.all;
      assert.equal((await connection?.closed)?.code, 1000);
    },
  );

  rule('7.4.1', 'hangup of a leg that rings cancels it, and the next action follows', async () => {
    await using stage = await restCall(
      { simulator: { rest, standIns: { phone: { does: 'answers', ringMs: 20_000 } } } },
      () => [
        { action: 'connect', endpoint: [{ type: 'phone', number: '12025550188' }] },
        { action: 'talk', text: 'Next' },
      ],
    );
    await until('it rings', () => stage.call.events.filter(({ name }) => name === 'ringing').length === 2);
    const page = await stage.voice.search({ status: CallStatus.RINGING });
    const [leg] = page._embedded.calls;
    assert.deepEqual(leg?.to, { type: 'phone', number: '12025550188' });
    await stage.voice.hangupCall(leg?.uuid ?? '');
    const report = await stage.call.ended;
    assert.ok(report.events.some(({ name }) => name === 'cancelled'));
    assert.ok(report.timeline.some(({ text }) => text === 'talk: “Next”'));
  });

  rule(
    '7.4.3',
    'transfer by NCCO ends the old socket without a disconnected event, and runs the new NCCO',
    async () => {
      await using stage = await restCall({
        application: {
          socket: (connection) => {
            if (connection.upgrade.path === '/socket/new') play(toneFrames(600, 6000, 16_000))(connection);
          },
        },
      });
      await stage.call.connected();
      const endpoint = socketOf(stage.application, { uri: `${stage.application.socketUri}/new` });
      const ncco = [
        { action: 'talk', text: 'You are transferred' },
        { action: 'connect', endpoint: [endpoint] },
      ];
      await stage.voice.transferCallWithNCCO(stage.call.ids.legUuid, ncco as never);
      await hearsTone(stage.call, 600);
      await line(stage.call, /^talk: “You are transferred”$/);
      assert.equal((await stage.application.connections.all[0]?.closed)?.code, 1000);
      const report = await stage.call.hangUp();
      assert.ok(report.events.every(({ name }) => name !== 'disconnected'));
      assert.deepEqual(report.problems, []);
    },
  );

  rule('7.4.3', 'transfer by URL asks it for the NCCO', async () => {
    await using stage = await restCall({
      application: { paths: { '/transfer': [{ action: 'talk', text: 'From the URL' }] } },
    });
    await stage.call.connected();
    await stage.voice.transferCallWithURL(stage.call.ids.legUuid, `${stage.application.origin}/transfer?step=2`);
    const report = await stage.call.ended;
    await line(stage.call, /^talk: “From the URL”$/);
    const asked = await stage.application.requests.first(({ path }) => path === '/transfer');
    assert.deepEqual([asked.query.step, asked.query.uuid], ['2', stage.call.ids.legUuid]);
    assert.equal(report.verdict, 'passed');
  });

  rule('7.4.3', 'a bad NCCO is a problem with an error event, and the call stays as it was', async () => {
    await using stage = await restCall({ application: { paths: { '/bad': { status: 500 } } } });
    await stage.call.connected();
    await stage.voice.transferCallWithNCCO(stage.call.ids.legUuid, [{ action: 'dance' }] as never);
    await event(stage.call, 'error');
    await stage.voice.transferCallWithURL(stage.call.ids.legUuid, `${stage.application.origin}/bad`);
    await line(stage.call, /^the URL of the transfer.* status 500/);
    void stage.call.say(toneRecording(500, 6000, 16_000));
    await until('the socket still hears the caller', () => socketHears(stage, 500) > 0.8);
    const report = await stage.call.hangUp();
    assert.match(report.problems.join('\n'), /^the transfer: .*\n\[0\]\.action: "dance" is not/);
  });

  rule('7.4.3', 'transfer out of a room, and into the same one again', async () => {
    await using stage = await restCall({}, () => [{ action: 'conversation', name: 'room', mute: true }]);
    const other = await stage.simulator.call();
    await event(other, 'transfer');
    await event(stage.call, 'transfer');
    await stage.voice.transferCallWithNCCO(stage.call.ids.legUuid, [{ action: 'conversation', name: 'room' }] as never);
    await until('it has joined twice', () => stage.call.events.filter(({ name }) => name === 'transfer').length === 2);
    void stage.call.say(toneRecording(500, 6000, 16_000));
    // It is muted no more, and still in the room.
    await hearsTone(other, 500);
  });

  rule('7.4.2', 'the application hears silence from a caller who is muted, until he is unmuted', async () => {
    await using stage = await restCall();
    await stage.call.connected();
    void stage.call.say(toneRecording(500, 20_000, 16_000));
    await until('the socket hears the caller', () => socketHears(stage, 500) > 0.8);
    await stage.voice.muteCall(stage.call.ids.legUuid);
    await until('the socket hears silence', () => socketHears(stage, 500) === 0);
    await stage.voice.unmuteCall(stage.call.ids.legUuid);
    await until('the socket hears the caller again', () => socketHears(stage, 500) > 0.8);
  });

  rule('7.4.2', 'nobody hears a socket that is muted', async () => {
    await using stage = await restCall({ application: { socket: play(toneFrames(600, 20_000, 16_000)) } });
    await hearsTone(stage.call, 600);
    await stage.voice.muteCall(stage.call.ids.socketLegUuid);
    await hearsNoTone(stage.call, 600);
    await stage.voice.unmuteCall(stage.call.ids.socketLegUuid);
    await hearsTone(stage.call, 600);
  });

  rule('7.4.2', 'a caller who is earmuffed hears nothing, and is heard', async () => {
    await using stage = await restCall({ application: { socket: play(toneFrames(600, 20_000, 16_000)) } });
    void stage.call.say(toneRecording(500, 20_000, 16_000));
    await hearsTone(stage.call, 600);
    await stage.voice.earmuffCall(stage.call.ids.legUuid);
    await hearsNoTone(stage.call, 600);
    await until('the socket hears the caller', () => socketHears(stage, 500) > 0.8);
    await stage.voice.unearmuffCall(stage.call.ids.legUuid);
    await hearsTone(stage.call, 600);
  });

  rule('7.4.2', 'a socket that is earmuffed hears nothing', async () => {
    await using stage = await restCall();
    void stage.call.say(toneRecording(500, 20_000, 16_000));
    await until('the socket hears the caller', () => socketHears(stage, 500) > 0.8);
    await stage.voice.earmuffCall(stage.call.ids.socketLegUuid);
    await until('the socket hears silence', () => socketHears(stage, 500) === 0);
  });

  rule('7.4.4', 'stream into the socket’s leg is heard by the application alone, until it is stopped', async () => {
    await using stage = await restCall();
    await stage.call.connected();
    const { socketLegUuid } = stage.call.ids;
    const started = await stage.voice.streamAudio(socketLegUuid, stage.application.audioUrl, 0);
    assert.deepEqual([started.message, started.uuid], ['Stream started', socketLegUuid]);
    await until('the socket hears the tone', () => socketHears(stage, 440) > 0.8);
    const { heard } = stage.call;
    assert.equal(shareOf(heard.heard(), heard.sampleRateHz, 440), 0);
    await stage.voice.stopStreamAudio(socketLegUuid);
    await until('the socket hears silence', () => socketHears(stage, 440) === 0);
  });

  rule('7.4.4', 'stream into the leg of a socket of another rate than the call’s', async () => {
    await using stage = await restCall({}, (application) => [
      ...connected(application),
      { action: 'connect', endpoint: [socketOf(application, { 'content-type': 'audio/l16;rate=8000' })] },
    ]);
    const second = await stage.application.connections.first((_, index) => index === 1);
    await second.frames.first();
    const page = await stage.voice.search({});
    const leg = page._embedded.calls.at(-1);
    await stage.voice.streamAudio(leg?.uuid ?? '', stage.application.audioUrl, 0);
    await until('the second socket hears the tone', () => {
      const last = second.frames.all.slice(-25).map(({ audio }) => audio ?? Buffer.alloc(0));
      return last.length === 25 && shareOf(pcmOf(last), 8000, 440) > 0.8;
    });
    assert.ok(second.frames.all.every(({ bytes }) => bytes === 320));
  });

  rule('7.4.4', 'stream into the caller’s leg is heard by him alone', async () => {
    await using stage = await restCall();
    await stage.call.connected();
    await stage.voice.streamAudio(stage.call.ids.legUuid, stage.application.audioUrl, 0, -0.5);
    await hearsTone(stage.call, 440);
    assert.equal(socketHears(stage, 440), 0);
    await stage.voice.stopStreamAudio(stage.call.ids.legUuid);
    await hearsNoTone(stage.call, 440);
  });

  rule(
    '7.4.4',
    'a later stream takes the place of an earlier one, and one that cannot be had is a problem',
    async () => {
      await using stage = await restCall({
        application: { paths: { '/slow.wav': { delayMs: 700, contentType: 'audio/wav', body: '' } } },
      });
      await stage.call.connected();
      await stage.voice.streamAudio(stage.call.ids.legUuid, `${stage.application.origin}/slow.wav`, 0);
      await stage.voice.streamAudio(stage.call.ids.legUuid, stage.application.audioUrl, 0);
      await hearsTone(stage.call, 440);
      await stage.voice.streamAudio(stage.call.ids.legUuid, `${stage.application.origin}/nowhere.wav`);
      const report = await line(stage.call, /^REST stream: \S+nowhere.wav replied with status 404/).then(() =>
        stage.call.hangUp(),
      );
      assert.equal(report.problems.length, 1);
    },
  );

  rule('7.4.4', 'talk and its end are in the timeline', async () => {
    await using stage = await restCall();
    const { legUuid } = stage.call.ids;
    const started = await stage.voice.playTTS(legUuid, { text: '<speak>Hello</speak>' } as Talk);
    assert.deepEqual([started.message, started.uuid], ['Talk started', legUuid]);
    assert.equal((await stage.voice.stopTTS(legUuid)).message, 'Talk stopped');
    await line(stage.call, new RegExp(`^says “Hello” to leg ${legUuid}$`));
    await line(stage.call, new RegExp(`^stops the talk to leg ${legUuid}$`));
  });

  rule('7.4.4', 'keys come to the socket’s application, pauses left out', async () => {
    await using stage = await restCall();
    await stage.call.connected();
    await stage.voice.playDTMF(stage.call.ids.socketLegUuid, '1p#');
    const connection = await stage.application.connections.first();
    await connection.texts.first(({ message }) => message.digit === '#');
    const digits = connection.texts.all.filter(({ message }) => message.event === 'websocket:dtmf');
    assert.deepEqual(
      digits.map(({ message }) => message.digit),
      ['1', '#'],
    );
  });

  rule('7.4.4', 'keys of the caller go to the address that was asked for, until it is taken back', async () => {
    await using stage = await restCall();
    const { origin } = stage.application;
    const { legUuid } = stage.call.ids;
    await stage.voice.subscribeDTMF(legUuid, `${origin}/webhooks/keys`);
    await stage.call.press('7');
    const seen = await stage.application.events.first(({ path }) => path === '/webhooks/keys');
    assert.deepEqual(seen.fields.dtmf, { digits: '7', timed_out: false });
    await stage.voice.unsubscribeDTMF(legUuid);
    await stage.call.press('8');
    const report = await stage.call.hangUp();
    assert.equal(report.events.filter(({ name }) => name === 'input').length, 1);
  });

  rule('7.3.2', 'getCall shows a leg while it is live and when it is over', async () => {
    await using stage = await restCall();
    await stage.call.connected();
    const { legUuid, socketLegUuid, conversationUuid } = stage.call.ids;
    const live = await stage.voice.getCall(socketLegUuid);
    assert.deepEqual([live.status, live.direction, live.conversationUUID], ['answered', 'outbound', conversationUuid]);
    assert.equal((live.to as { uri?: string }).uri, stage.application.socketUri);
    assert.equal((await stage.voice.getCall(legUuid)).status, 'answered');
    await stage.call.hangUp();
    const over = await stage.voice.getCall(legUuid);
    assert.deepEqual([over.status, over.network], ['completed', 'US-FIXED']);
    assert.match(`${over.duration} ${over.price}`, /^\d+ \d+\.\d+$/);
    assert.equal((await stage.voice.getCall(socketLegUuid)).status, 'completed');
  });

  rule('7.3.1', 'search finds legs by state and conversation, of the calls that are over too', async () => {
    await using stage = await restCall();
    await stage.call.connected();
    const second = await stage.simulator.call();
    await second.connected();
    await second.hangUp();
    const count = async (filter: object) => (await stage.voice.search(filter)).count;
    assert.equal(await count({}), 4);
    assert.equal(await count({ status: CallStatus.ANSWERED }), 2);
    assert.equal(await count({ status: CallStatus.COMPLETED }), 2);
    assert.equal(await count({ conversationUuid: second.ids.conversationUuid }), 2);
  });

  rule('7.4.6', 'a leg that is over, or that there never was, is answered 404', async () => {
    await using stage = await restCall();
    await stage.call.hangUp();
    for (const legUuid of [stage.call.ids.legUuid, 'nobody']) {
      await assert.rejects(stage.voice.hangupCall(legUuid), (error: { response?: { status: number } }) => {
        assert.equal(error.response?.status, 404);
        return true;
      });
    }
  });

  rule('7.1.1', 'a request without a token, or with one of another key, is answered 401', async () => {
    await using stage = await restCall();
    const url = `${stage.restUrl}/v1/calls/${stage.call.ids.legUuid}`;
    const body = JSON.stringify({ action: 'hangup' });
    assert.equal((await fetch(url, { method: 'PUT', body })).status, 401);
    const { privateKey: foreign } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = tokenGenerate(APPLICATION_ID, foreign.export({ type: 'pkcs8', format: 'pem' }).toString());
    assert.equal(
      (await fetch(url, { method: 'PUT', body, headers: { authorization: `Bearer ${token}` } })).status,
      401,
    );
    assert.equal(await stage.call.connected(), true);
    assert.ok(stage.call.events.every(({ name }) => name !== 'completed'));
  });

  rule('7.1.2', 'a token of another application is answered 401', async () => {
    await using stage = await restCall();
    const token = tokenGenerate('bbbbbbbb-0000-4000-8000-000000000002', privateKey);
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await fetch(`${stage.restUrl}/v1/calls`, { headers })).status, 401);
  });

  rule('7.4.5', 'the sixteenth request within a second is answered 429', async () => {
    await using stage = await restCall();
    const headers = { authorization: `Bearer ${tokenGenerate(APPLICATION_ID, privateKey)}` };
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => fetch(`${stage.restUrl}/v1/calls`, { headers })),
    );
    const refused = replies.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 1 && refused[0]?.headers.get('retry-after') === '1', `${refused.length} refused`);
    assert.ok(replies.filter(({ status }) => status === 200).length >= 15);
  });

  rule(
    '3.6.3',
    'a socket that the application closes is told of as disconnected, unlike one that REST ends',
    async () => {
      await using stage = await restCall({ application: { socket: afterFrames(2, close()), events: noContent } });
      const report = await stage.call.ended;
      assert.equal(report.events.filter(({ name }) => name === 'disconnected').length, 1);
    },
  );
});
