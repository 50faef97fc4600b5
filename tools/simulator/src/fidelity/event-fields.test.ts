import assert from 'node:assert/strict';
import { suite } from 'node:test';
import type { CallOptions } from '../call/call-options.ts';
import type { CallReport } from '../call/call-report.ts';
import { Simulator } from '../simulator.ts';
import { type Application, type ApplicationOptions, startApplicationServer } from '../testing/application.ts';
import { finishedCall } from '../testing/finished-call.ts';
import type { Fields } from '../testing/http-reply.ts';
import { callWith, event, socketOf, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import { afterFrames, close, send } from '../testing/socket-behaviours.ts';

const BASE = ['conversation_uuid', 'direction', 'from', 'headers', 'status', 'timestamp', 'to', 'uuid'];

const keysOf = (fields: Fields | undefined) => Object.keys(fields ?? {}).sort();

/** The first event, as it came to the application, of this name in the report. */
function seenAs(name: string, report: CallReport, application: Application): Fields {
  const index = report.events.findIndex((delivery) => delivery.name === name);
  return application.events.all[index]?.fields ?? assert.fail(`there is no ${name} event`);
}

const bothLegs: ApplicationOptions = {
  answer: (_, application) => [{ action: 'connect', from: '12025550199', endpoint: [socketOf(application)] }],
  socket: afterFrames(2, close()),
};

const finished = (answer: ApplicationOptions['answer'], call: CallOptions = {}) =>
  finishedCall({ application: answer === undefined ? {} : { answer }, call });

suite('the fields of events', { concurrency: 8 }, () => {
  rule('4.2.1', 'each leg tells of itself', async () => {
    const { application, report } = await finishedCall({ application: bothLegs });
    const [caller, , , socket] = application.events.all.map(({ fields }) => fields);
    for (const fields of [caller, socket]) assert.deepEqual(keysOf(fields), BASE);
    const { timestamp: _, ...ofCaller } = caller ?? {};
    assert.deepEqual(ofCaller, {
      headers: {},
      from: '14155550177',
      to: '12025550123',
      uuid: report.legUuid,
      conversation_uuid: report.conversationUuid,
      status: 'started',
      direction: 'inbound',
    });
    const { timestamp: __, ...ofSocket } = socket ?? {};
    assert.deepEqual(ofSocket, {
      headers: {},
      from: '12025550199',
      to: application.socketUri,
      uuid: report.socketLegUuid,
      conversation_uuid: report.conversationUuid,
      status: 'started',
      direction: 'outbound',
    });
  });

  rule('4.2.2', 'by POST they are null, and by GET left out', async () => {
    for (const eventMethod of ['POST', 'GET'] as const) {
      const { application } = await finishedCall({ simulator: { eventMethod } });
      const answered = application.events.all.map(({ fields }) => fields)[2];
      const more = eventMethod === 'POST' ? ['network', 'rate', 'start_time'] : [];
      assert.deepEqual(keysOf(answered), [...BASE, ...more].sort());
      if (eventMethod === 'POST') {
        assert.deepEqual([answered?.start_time, answered?.rate, answered?.network], [null, null, null]);
      }
    }
  });

  rule('4.2.3', 'the duration counts whole seconds, and the price follows from it', async () => {
    await using stage = await callWith([{ action: 'wait', timeout: 1.1 }]);
    const report = await stage.call.ended;
    const completed = seenAs('completed', report, stage.application);
    const more = ['disconnected_by', 'duration', 'end_time', 'network', 'price', 'rate', 'start_time'];
    assert.deepEqual(keysOf(completed), [...BASE, ...more].sort());
    const { duration, rate, price, network, start_time, end_time } = completed;
    const seconds = (Date.parse(String(end_time)) - Date.parse(String(start_time))) / 1000;
    assert.ok(seconds >= 1 && duration === String(seconds), `${duration} of ${seconds} s`);
    assert.deepEqual([rate, price, network], ['0.00450000', ((0.0045 * seconds) / 60).toFixed(8), 'US-FIXED']);
  });

  rule('4.2.3', 'it tells who hung up', async () => {
    const { application, report } = await finished([{ action: 'talk', text: 'Bye' }]);
    assert.equal(seenAs('completed', report, application).disconnected_by, 'platform');
    await using stage = await callWith([{ action: 'wait', timeout: 60 }]);
    const hungUp = await stage.call.hangUp();
    assert.equal(seenAs('completed', hungUp, stage.application).disconnected_by, 'user');
  });

  rule('4.2.5', 'it has all other fields', async () => {
    const { application, report } = await finishedCall({ application: bothLegs });
    const disconnected = seenAs('disconnected', report, application);
    assert.deepEqual(
      keysOf(disconnected),
      BASE.filter((key) => key !== 'direction'),
    );
    assert.equal(disconnected.to, application.socketUri);
  });

  for (const [does, status] of [
    ['answers', 'human'],
    ['machine', 'machine'],
  ] as const) {
    rule('4.2.6', `a stand-in that ${does} is a ${status}`, async () => {
      const endpoint = [{ type: 'phone', number: '12025550188' }];
      const { application, report } = await finishedCall({
        application: { answer: [{ action: 'connect', from: '12025550199', endpoint, machineDetection: 'continue' }] },
        simulator: { standIns: { phone: { does, ringMs: 20, hangsUpAfterMs: 50 } } },
      });
      const told = seenAs(status, report, application);
      assert.deepEqual(keysOf(told), ['call_uuid', 'conversation_uuid', 'from', 'status', 'timestamp', 'to']);
      const leg = report.events.find(({ body }) => body.direction === 'outbound');
      assert.deepEqual([told.call_uuid, told.to], [leg?.legUuid, '12025550188']);
    });
  }

  rule('4.2.7', 'it has them all', async () => {
    const { application, report } = await finished([
      { action: 'record', format: 'wav' },
      { action: 'wait', timeout: 0.1 },
    ]);
    const told = seenAs('record', report, application);
    assert.deepEqual(keysOf(told), [
      'conversation_uuid',
      'end_time',
      'recording_url',
      'recording_uuid',
      'size',
      'start_time',
      'timestamp',
    ]);
    assert.equal(typeof told.size, 'number');
    assert.ok(String(told.recording_url).endsWith(`/v1/files/${told.recording_uuid}`));
  });

  rule('4.2.8', 'of keys alone, of words alone', async () => {
    const keys = { action: 'input', type: ['dtmf'], dtmf: { timeOut: 0 } };
    const { application, report } = await finished([keys]);
    const told = seenAs('input', report, application);
    assert.deepEqual(keysOf(told), ['conversation_uuid', 'dtmf', 'from', 'speech', 'timestamp', 'to', 'uuid']);
    assert.deepEqual(told.dtmf, { digits: null, timed_out: true });
    assert.deepEqual(told.speech, { error: 'Speech was not enabled' });

    await using stage = await callWith([{ action: 'input', type: ['speech'], speech: { endOnSilence: 0.4 } }]);
    stage.call.sayWords('two tickets');
    const words = seenAs('input', await stage.call.ended, stage.application);
    assert.deepEqual(words.dtmf, { digits: null, timed_out: false });
    const results = [{ text: 'two tickets', confidence: '0.9' }];
    assert.deepEqual(words.speech, { timeout_reason: 'end_on_silence_timeout', results });
  });

  rule('4.2.10', 'it names both conversations', async () => {
    await using stage = await callWith([{ action: 'conversation', name: 'room' }]);
    await event(stage.call, 'transfer');
    const report = await stage.call.hangUp();
    const told = seenAs('transfer', report, stage.application);
    assert.deepEqual(keysOf(told), ['conversation_uuid_from', 'conversation_uuid_to', 'timestamp', 'type', 'uuid']);
    assert.deepEqual(
      [told.type, told.uuid, told.conversation_uuid_from],
      ['transfer', report.legUuid, report.conversationUuid],
    );
    assert.match(String(told.conversation_uuid_to), /^CON-/);
  });

  rule('4.2.11', 'the payload is as it was given', async () => {
    const payload = { text: 'é', deep: { list: [1, null, true] } };
    const { application, report } = await finished((_, { eventUrl }) => [
      { action: 'notify', payload, eventUrl: [eventUrl] },
    ]);
    const told = seenAs('notify', report, application);
    assert.deepEqual(keysOf(told), ['conversation_uuid', 'payload', 'timestamp']);
    assert.deepEqual(told.payload, payload);
  });

  rule('4.2.12', 'the reason is a sentence', async () => {
    const { application, report } = await finished([{ action: 'wait', timeout: 'long' }]);
    const told = seenAs('error', report, application);
    assert.deepEqual(keysOf(told), ['conversation_uuid', 'reason', 'timestamp']);
    assert.match(String(told.reason), /\[0\]\.timeout: "long" is not /);
  });

  rule('4.2.13', 'it comes after the recording, to its own address', async () => {
    const { application, report } = await finished((_, { origin }) => [
      { action: 'record', transcription: { eventUrl: [`${origin}/webhooks/transcription`] } },
      { action: 'wait', timeout: 0.1 },
    ]);
    const names = report.events.map(({ name }) => name);
    assert.ok(names.indexOf('transcription') > names.indexOf('record'));
    const told = application.events.all.find(({ path }) => path === '/webhooks/transcription')?.fields;
    assert.deepEqual(keysOf(told), [
      'conversation_uuid',
      'recording_uuid',
      'status',
      'timestamp',
      'transcription_url',
      'type',
    ]);
    assert.equal(told?.recording_uuid, seenAs('record', report, application).recording_uuid);
    assert.equal(told?.status, 'transcribed');
  });
});

suite('what brings events', { concurrency: 8 }, () => {
  rule('4.3.1', 'text on a socket, keys, and what REST does to a leg bring none', async () => {
    await using application = await startApplicationServer({
      socket: afterFrames(2, send({ action: 'clear' }), send({ action: 'notify', payload: {} }), send('hello')),
    });
    await using simulator = await Simulator.start({ answerUrl: application.answerUrl });
    const call = simulator.begin();
    await call.connected();
    await call.press('7');
    for (const leg of call.controls.all) {
      leg.setMuted(true);
      leg.setEarmuffed(true);
      leg.talk({ text: 'Hello', language: 'en-US', style: 0, premium: false, loop: 1, level: 0 });
      leg.stopTalk();
      leg.playAudio({ streamUrl: application.audioUrl, loop: 1, level: 0 });
      leg.stopAudio();
      leg.sendDtmf('1');
    }
    const connection = await application.connections.first();
    await connection.texts.first(({ message }) => message.event === 'websocket:notify');
    await connection.texts.first(({ message }) => message.event === 'websocket:dtmf' && message.digit === '1');
    const report = await call.hangUp();
    assert.deepEqual(
      report.events.map(({ name }) => name),
      ['started', 'ringing', 'answered', 'started', 'answered', 'completed', 'completed'],
    );
  });

  rule('4.3.3', 'when the caller hangs up both legs complete, and the socket is not disconnected', async () => {
    await using stage = await callWith((application) => [{ action: 'connect', endpoint: [socketOf(application)] }]);
    await until('the socket is open', () => stage.application.connections.all.length === 1);
    await stage.call.connected();
    const report = await stage.call.hangUp();
    const last = report.events.slice(-2).map(({ name, legUuid, body }) => [name, legUuid, body.disconnected_by]);
    assert.deepEqual(last, [
      ['completed', report.socketLegUuid, 'user'],
      ['completed', report.legUuid, 'user'],
    ]);
    assert.ok(report.events.every(({ name }) => name !== 'disconnected'));
  });
});
