import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { callWith, event } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';

type Settings = ConstructorParameters<typeof RuleSettings>[0];

const URI = 'ws://127.0.0.1:1/socket';
const RATE = 'audio/l16;rate=16000';
const webSocket = (more: object = {}) => connect({ type: 'websocket', uri: URI, 'content-type': RATE, ...more });
const phone = (more: object = {}) => connect({ type: 'phone', number: '12025550188', ...more });
const connect = (endpoint: unknown, more: object = {}) => ({
  action: 'connect',
  from: '12025550123',
  endpoint: [endpoint],
  ...more,
});
const calling = (more: object) => connect({ type: 'phone', number: '12025550188' }, more);
const talk = (more: object = {}) => ({ action: 'talk', text: 'Hello', ...more });
const stream = (more: object = {}) => ({ action: 'stream', streamUrl: ['https://app.test.example/a.mp3'], ...more });
const record = (more: object = {}) => ({ action: 'record', ...more });
const room = (more: object = {}) => ({ action: 'conversation', name: 'room', ...more });
const input = (more: object = {}) => ({ action: 'input', type: ['dtmf'], ...more });
const speech = (more: object) => ({ action: 'input', type: ['speech'], speech: more });
const notify = (more: object = {}) => ({
  action: 'notify',
  payload: {},
  eventUrl: ['https://app.test.example/notify'],
  ...more,
});
const transfer = (more: object = {}) => ({ action: 'transfer', conversationId: 'CON-1', ...more });

/**
 * A call that is answered with these actions is refused, with one complaint for each path: among the problems of the report,
 * and, of the first five, in the error event, which is the only event there is.
 */
async function refuses(ncco: unknown, id: string, paths: readonly string[], settings: Settings = {}): Promise<void> {
  await using stage = await callWith([], {
    application: { answer: { json: ncco } },
    simulator: { rules: new RuleSettings(settings) },
  });
  // Over already; where it is not, this ends it.
  const report = await stage.call.hangUp();
  const [refusal, ...complaints] = report.problems;
  assert.match(refusal ?? '', /the NCCO cannot be carried out \[rule 1\.4\.1\]$/);
  assert.equal(complaints.length, paths.length, complaints.join('\n'));
  for (const [index, path] of paths.entries()) {
    const complaint = complaints[index] ?? '';
    assert.ok(complaint.startsWith(`${path}: `) && complaint.endsWith(` [rule ${id}]`), `${path}: ${complaint}`);
  }
  const { body } = await event(stage.call, 'error');
  assert.deepEqual(Object.keys(body).sort(), ['conversation_uuid', 'reason', 'timestamp']);
  for (const complaint of complaints.slice(0, 5)) {
    assert.ok(String(body.reason).includes(complaint), String(body.reason));
  }
  assert.deepEqual([report.failureCode, report.verdict, report.events.length], ['BAD_NCCO', 'failed', 1]);
}

/** A call that is answered with these actions is answered, and has no complaint. @returns its notes. */
async function accepts(actions: readonly unknown[], settings: Settings = {}): Promise<string> {
  await using stage = await callWith(actions, {
    simulator: { rules: new RuleSettings(settings), standIns: { phone: { does: 'busy' } } },
  });
  assert.ok(stage.call.events.length > 0 || stage.call.timeline.length > 0);
  const { failureCode, problems, notes } = await stage.call.hangUp();
  assert.notEqual(failureCode, 'BAD_NCCO');
  assert.deepEqual(
    problems.filter((problem) => /^\[\d/.test(problem)),
    [],
  );
  return notes.join('\n');
}

suite('NCCO syntax: the NCCO as a whole', { concurrency: 8 }, () => {
  rule('2.0.1', 'an object, a text and a list of other things are refused', async () => {
    await refuses({ action: 'talk', text: 'Hello' }, '2.0.1', ['the NCCO']);
    await refuses('talk', '2.0.1', ['the NCCO']);
    await refuses([talk(), 'talk', null], '2.0.1', ['[1]', '[2]']);
  });

  rule('2.0.1', 'keys count letter by letter', () =>
    refuses([{ action: 'talk', Text: 'Hello' }], '2.1.1', ['[0].text']),
  );

  rule('2.0.2', 'an unknown action, one with a capital, and none at all are refused', () =>
    refuses([{ action: 'say' }, { action: 'Talk', text: 'Hello' }, {}], '2.0.2', [
      '[0].action',
      '[1].action',
      '[2].action',
    ]),
  );

  rule('2.0.3', 'a text, an empty array and two URLs are refused as eventUrl', () =>
    refuses(
      [
        record({ eventUrl: 'https://app.test.example/e' }),
        record({ eventUrl: [] }),
        record({ eventUrl: ['https://app.test.example/e', 'https://app.test.example/f'] }),
        record({ eventUrl: ['somewhere'] }),
      ],
      '2.0.3',
      ['[0].eventUrl', '[1].eventUrl', '[2].eventUrl', '[3].eventUrl'],
    ),
  );

  rule('2.0.7', 'noted: a number and a boolean that are written as texts are taken, with a note', async () => {
    const notes = await accepts([talk({ loop: '2', premium: 'true' })], { '2.0.7': 'noted' });
    assert.match(notes, /\[0\]\.loop: /);
    assert.match(notes, /\[0\]\.premium: /);
    await refuses([talk({ loop: '-1' })], '2.1.5', ['[0].loop'], { '2.0.7': 'noted' });
  });

  rule('2.0.7', 'refused: they are refused', () =>
    refuses([talk({ loop: '2' }), talk({ premium: 'true' })], '2.0.7', ['[0].loop', '[1].premium'], {
      '2.0.7': 'refused',
    }),
  );

  rule('2.0.4', 'eventMethod PUT, and get in small letters, are refused', () =>
    refuses(
      ['PUT', 'get'].map((eventMethod) => record({ eventUrl: ['https://app.test.example/e'], eventMethod })),
      '2.0.4',
      ['[0].eventMethod', '[1].eventMethod'],
    ),
  );
});

suite('NCCO syntax: talk and stream', { concurrency: 8 }, () => {
  rule('2.1.1', 'without text, or with a number, talk is refused', () =>
    refuses([{ action: 'talk' }, talk({ text: 7 })], '2.1.1', ['[0].text', '[1].text']),
  );

  rule('2.1.2', '1500 characters are taken, 1501 refused; tags are not counted', async () => {
    const tagged = `<speak><prosody rate="slow">${'x'.repeat(1500)}</prosody></speak>`;
    await accepts([talk({ text: 'x'.repeat(1500) }), talk({ text: tagged })]);
    await refuses([talk({ text: 'x'.repeat(1501) })], '2.1.2', ['[0].text']);
  });

  rule('2.1.3', 'a text is refused as bargeIn', () =>
    refuses([talk({ bargeIn: 'maybe' }), input()], '2.1.3', ['[0].bargeIn']),
  );

  rule('2.1.4', 'a talk with bargeIn is refused ahead of anything but input', async () => {
    await accepts([talk({ bargeIn: true }), talk(), input()]);
    await refuses([talk({ bargeIn: true }), talk(), record(), input()], '2.1.4', ['[0].bargeIn']);
    await refuses([talk({ bargeIn: true })], '2.1.4', ['[0].bargeIn']);
  });

  rule('2.1.5', 'loop 0 is taken, -1 and 1.5 are refused', async () => {
    await accepts([talk({ loop: 0 })]);
    await refuses([talk({ loop: -1 }), talk({ loop: 1.5 })], '2.1.5', ['[0].loop', '[1].loop']);
  });

  rule('2.1.6', 'level -1 and 1 are taken, beyond them it is refused', async () => {
    await accepts([talk({ level: -1 }), talk({ level: 1 })]);
    await refuses([talk({ level: -1.1 }), talk({ level: 1.1 }), talk({ level: 'loud' })], '2.1.6', [
      '[0].level',
      '[1].level',
      '[2].level',
    ]);
  });

  rule('2.1.7', 'language, style and premium of another type are refused', () =>
    refuses([talk({ language: 'English!', style: -1, premium: 1 })], '2.1.7', [
      '[0].language',
      '[0].style',
      '[0].premium',
    ]),
  );

  rule('2.1.8', 'together: one without the other is refused', () =>
    refuses(
      [talk({ provider: 'google' }), talk({ providerOptions: {} })],
      '2.1.8',
      ['[0].providerOptions', '[1].provider'],
      { '2.1.8': 'together' },
    ),
  );

  rule('2.1.8', 'either: one may stand alone', async () => {
    await accepts([talk({ provider: 'google' })], { '2.1.8': 'either' });
  });

  rule('2.1.9', 'SSML outside of <speak> is refused', async () => {
    await accepts([talk({ text: '<speak>Wait<break time="1s"/>for it</speak>' }), talk({ text: '1 < 2' })]);
    await refuses([talk({ text: 'Wait<break time="1s"/>for it' })], '2.1.9', ['[0].text']);
  });

  rule('2.2.1', 'a stream without an array of one URL is refused', () =>
    refuses(
      [
        { action: 'stream' },
        stream({ streamUrl: 'https://app.test.example/a.mp3' }),
        stream({ streamUrl: ['https://app.test.example/a.mp3', 'https://app.test.example/b.mp3'] }),
      ],
      '2.2.1',
      ['[0].streamUrl', '[1].streamUrl', '[2].streamUrl'],
    ),
  );

  rule('2.2.2', 'level, loop and bargeIn of stream have the ranges of talk', () =>
    refuses([stream({ level: 2, loop: -1, bargeIn: 1 })], '2.2.2', ['[0].bargeIn', '[0].loop', '[0].level']),
  );
});

suite('NCCO syntax: record and conversation', { concurrency: 8 }, () => {
  rule('2.3.1', 'another format, and beepStart as a text, are refused', () =>
    refuses([record({ format: 'flac' }), record({ beepStart: 'yes' })], '2.3.1', ['[0].format', '[1].beepStart']),
  );

  rule('2.3.2', 'channels from 1 to 32 need split', async () => {
    await accepts([record({ split: 'conversation', channels: 32 })]);
    await refuses(
      [
        record({ channels: 2 }),
        record({ split: 'conversation', channels: 33 }),
        record({ split: 'conversation', channels: 0 }),
        record({ split: true }),
      ],
      '2.3.2',
      ['[0].split', '[1].channels', '[2].channels', '[3].split'],
    );
  });

  rule('2.3.3', 'endOnSilence is 3 to 10', async () => {
    await accepts([record({ endOnSilence: 3 }), record({ endOnSilence: 10 })]);
    await refuses([record({ endOnSilence: 2 }), record({ endOnSilence: 11 })], '2.3.3', [
      '[0].endOnSilence',
      '[1].endOnSilence',
    ]);
  });

  rule('2.3.4', 'two keys, and a letter, are refused as endOnKey', () =>
    refuses([record({ endOnKey: '12' }), record({ endOnKey: 'a' })], '2.3.4', ['[0].endOnKey', '[1].endOnKey']),
  );

  rule('2.3.5', 'timeOut is 3 to 7200', async () => {
    await accepts([record({ timeOut: 3 }), record({ timeOut: 7200 })]);
    await refuses([record({ timeOut: 2 }), record({ timeOut: 7201 })], '2.3.5', ['[0].timeOut', '[1].timeOut']);
  });

  rule('2.3.6', 'a transcription of another shape is refused', () =>
    refuses([record({ transcription: true }), record({ transcription: { sentimentAnalysis: 'yes' } })], '2.3.6', [
      '[0].transcription',
      '[1].transcription.sentimentAnalysis',
    ]),
  );

  rule('2.4.1', 'a conversation without a name is refused', () =>
    refuses([{ action: 'conversation' }, room({ name: 7 })], '2.4.1', ['[0].name', '[1].name']),
  );

  rule('2.4.2', 'array: a text is refused as musicOnHoldUrl', () =>
    refuses([room({ musicOnHoldUrl: 'https://app.test.example/a.mp3' })], '2.4.2', ['[0].musicOnHoldUrl'], {
      '2.4.2': 'array',
    }),
  );

  rule('2.4.2', 'string: an array is refused', async () => {
    await refuses([room({ musicOnHoldUrl: ['https://app.test.example/a.mp3'] })], '2.4.2', ['[0].musicOnHoldUrl'], {
      '2.4.2': 'string',
    });
  });

  rule('2.4.2', 'either: both are taken', async () => {
    for (const musicOnHoldUrl of ['http://127.0.0.1:1/a.mp3', ['http://127.0.0.1:1/a.mp3']]) {
      await accepts([room({ musicOnHoldUrl })], { '2.4.2': 'either' });
    }
  });

  rule('2.4.3', 'startOnEnter, endOnExit and record as texts are refused', () =>
    refuses([room({ startOnEnter: 'no', endOnExit: 'no', record: 'no' })], '2.4.3', [
      '[0].record',
      '[0].startOnEnter',
      '[0].endOnExit',
    ]),
  );

  rule('2.4.4', 'canSpeak as a text, and beside mute, is refused', () =>
    refuses([room({ canSpeak: 'leg', canHear: [7] }), room({ canSpeak: ['leg'], mute: true })], '2.4.4', [
      '[0].canSpeak',
      '[0].canHear',
      '[1].mute',
    ]),
  );

  rule('2.4.5', 'transcription without record is refused', () =>
    refuses([room({ transcription: {} }), room({ transcription: {}, record: false })], '2.4.5', [
      '[0].record',
      '[1].record',
    ]),
  );
});

suite('NCCO syntax: connect', { concurrency: 8 }, () => {
  rule('2.5.1', 'no endpoint, an object, two, and one of another type are refused', () =>
    refuses(
      [
        { action: 'connect' },
        { action: 'connect', endpoint: { type: 'app', user: 'a' } },
        {
          action: 'connect',
          endpoint: [
            { type: 'app', user: 'a' },
            { type: 'app', user: 'b' },
          ],
        },
        connect({ type: 'fax', number: '12025550188' }),
      ],
      '2.5.1',
      ['[0].endpoint', '[1].endpoint', '[2].endpoint', '[3].endpoint[0].type'],
    ),
  );

  rule('2.5.2', 'from beside randomFromNumber is refused', () =>
    refuses([calling({ randomFromNumber: true })], '2.5.2', ['[0].from']),
  );

  rule('2.5.3', 'another eventType is refused', () =>
    refuses([calling({ eventType: 'asynchronous' })], '2.5.3', ['[0].eventType']),
  );

  rule('2.5.4', '3-7200: timeout is 3 to 7200', async () => {
    const settings = { '2.5.4': '3-7200' } as const;
    await accepts([calling({ timeout: 3 }), calling({ timeout: 7200 })], settings);
    await refuses(
      [calling({ timeout: 2 }), calling({ timeout: 7201 })],
      '2.5.4',
      ['[0].timeout', '[1].timeout'],
      settings,
    );
  });

  rule('2.5.4', 'any: 1 and 9999 are taken, 0 is refused', async () => {
    await accepts([calling({ timeout: 1 }), calling({ timeout: 9999 })], { '2.5.4': 'any' });
    await refuses([calling({ timeout: 0 })], '2.5.4', ['[0].timeout'], { '2.5.4': 'any' });
  });

  rule('2.5.5', 'limit is 1 to 7200', async () => {
    await accepts([calling({ limit: 1 }), calling({ limit: 7200 })]);
    await refuses([calling({ limit: 0 }), calling({ limit: 7201 })], '2.5.5', ['[0].limit', '[1].limit']);
  });

  rule('2.5.6', 'another word for machineDetection is refused', () =>
    refuses([calling({ machineDetection: 'detect' })], '2.5.6', ['[0].machineDetection']),
  );

  rule('2.5.7', '45: beep_timeout is 45 to 120', async () => {
    const beep = (beep_timeout: number) => calling({ advancedMachineDetection: { beep_timeout } });
    const settings = { '2.5.7': '45' } as const;
    const path = 'advancedMachineDetection.beep_timeout';
    await accepts([beep(45), beep(120)], settings);
    await refuses([beep(44), beep(121)], '2.5.7', [`[0].${path}`, `[1].${path}`], settings);
  });

  rule('2.5.7', '30: beep_timeout is 30 to 120', async () => {
    const beep = (beep_timeout: number) => calling({ advancedMachineDetection: { beep_timeout } });
    await accepts([beep(30)], { '2.5.7': '30' });
    await refuses([beep(29)], '2.5.7', ['[0].advancedMachineDetection.beep_timeout'], { '2.5.7': '30' });
  });

  rule('2.5.8', 'either: both spellings are taken', async () => {
    const settings = { '2.5.8': 'either' } as const;
    await accepts([calling({ advancedMachineDetection: {} })], settings);
    await accepts([calling({ advanced_machine_detection: {} })], settings);
  });

  rule('2.5.8', 'camel and snake: the other spelling is refused', async () => {
    const [camel, snake] = [calling({ advancedMachineDetection: {} }), calling({ advanced_machine_detection: {} })];
    await accepts([camel], { '2.5.8': 'camel' });
    await refuses([snake], '2.5.8', ['[0].advanced_machine_detection'], { '2.5.8': 'camel' });
    await accepts([snake], { '2.5.8': 'snake' });
    await refuses([camel], '2.5.8', ['[0].advancedMachineDetection'], { '2.5.8': 'snake' });
  });

  rule('2.5.11', 'an http address, and one with a fragment, are refused as uri', () =>
    refuses([webSocket({ uri: 'https://app.test.example' }), webSocket({ uri: `${URI}#a` })], '2.5.11', [
      '[0].endpoint[0].uri',
      '[1].endpoint[0].uri',
    ]),
  );

  rule('2.5.12', 'unlimited: an address of two thousand characters is taken', async () => {
    await accepts([webSocket({ uri: `${URI}?t=${'x'.repeat(2000)}` })], { '2.5.12': 'unlimited' });
  });

  rule('2.5.12', '50: one of 51 characters is refused', async () => {
    const uri = `${URI}?t=`.padEnd(50, 'x');
    await accepts([webSocket({ uri })], { '2.5.12': '50' });
    await refuses([webSocket({ uri: `${uri}x` })], '2.5.12', ['[0].endpoint[0].uri'], { '2.5.12': '50' });
  });

  rule('2.5.13', 'accepted: 8, 16 and 24 kHz are taken, 44.1 kHz is refused', async () => {
    const at = (rate: number) => webSocket({ 'content-type': `audio/l16;rate=${rate}` });
    const settings = { '2.5.13': 'accepted' } as const;
    await accepts([at(8000), at(16_000), at(24_000)], settings);
    await refuses([at(44_100)], '2.5.13', ['[0].endpoint[0].content-type'], settings);
  });

  rule('2.5.13', 'refused: so is 24 kHz', () =>
    refuses([webSocket({ 'content-type': 'audio/l16;rate=24000' })], '2.5.13', ['[0].endpoint[0].content-type'], {
      '2.5.13': 'refused',
    }),
  );

  rule('2.5.14', 'refused: 512 bytes of headers are taken, 513 refused', async () => {
    // {"a":""} has 8 bytes.
    const settings = { '2.5.14': 'refused' } as const;
    await accepts([webSocket({ headers: { a: 'x'.repeat(504) } })], settings);
    await refuses([webSocket({ headers: { a: 'x'.repeat(505) } })], '2.5.14', ['[0].endpoint[0].headers'], settings);
  });

  rule('2.5.14', 'noted: 513 are taken with a note', async () => {
    const notes = await accepts([webSocket({ headers: { a: 'x'.repeat(505) } })], { '2.5.14': 'noted' });
    assert.match(notes, /\[0\]\.endpoint\[0\]\.headers: takes 513 bytes/);
  });

  rule('2.5.15', 'another type of authorization, and custom without a value, are refused', () =>
    refuses(
      [webSocket({ authorization: { type: 'basic' } }), webSocket({ authorization: { type: 'custom' } })],
      '2.5.15',
      ['[0].endpoint[0].authorization.type', '[1].endpoint[0].authorization.value'],
    ),
  );

  rule('2.5.15', 'a secret is never in the complaint', async () => {
    await using stage = await callWith([
      webSocket({ authorization: { type: 'custom', value: 'Bearer geheim\u0000' } }),
    ]);
    const report = await stage.call.ended;
    assert.match(report.problems.join('\n'), /authorization\.value: .*\[rule 2\.5\.15\]/);
    assert.doesNotMatch(JSON.stringify(report), /geheim/);
  });

  rule('2.5.16', 'contentType in place of content-type is refused', () =>
    refuses([connect({ type: 'websocket', uri: URI, contentType: RATE })], '2.5.16', ['[0].endpoint[0].contentType']),
  );

  rule('2.5.17', 'a number of 6 or 16 digits, or with a plus, is refused', async () => {
    await accepts([phone({ number: '1234567' }), phone({ number: '123456789012345' })]);
    await refuses(
      ['123456', '1234567890123456', '+12025550188'].map((number) => phone({ number })),
      '2.5.17',
      ['[0].endpoint[0].number', '[1].endpoint[0].number', '[2].endpoint[0].number'],
    );
  });

  rule('2.5.17', 'other keys in dtmfAnswer, and onAnswer without a url, are refused', () =>
    refuses([phone({ dtmfAnswer: '1w2' }), phone({ onAnswer: {} })], '2.5.17', [
      '[0].endpoint[0].dtmfAnswer',
      '[1].endpoint[0].onAnswer.url',
    ]),
  );

  rule('2.5.18', 'an app without a user is refused', () =>
    refuses([connect({ type: 'app' })], '2.5.18', ['[0].endpoint[0].user']),
  );

  rule('2.5.19', 'a sip endpoint without an address, or with half of one, is refused', () =>
    refuses(
      [connect({ type: 'sip' }), connect({ type: 'sip', user: 'desk' }), connect({ type: 'sip', uri: 'desk@pbx' })],
      '2.5.19',
      ['[0].endpoint[0].uri', '[1].endpoint[0].domain', '[2].endpoint[0].uri'],
    ),
  );

  rule('2.5.20', 'a vbc endpoint without an extension is refused', () =>
    refuses([connect({ type: 'vbc' })], '2.5.20', ['[0].endpoint[0].extension']),
  );
});

suite('NCCO syntax: input, notify, wait and transfer', { concurrency: 8 }, () => {
  rule('2.6.1', 'a text, an empty array and another word are refused as type', () =>
    refuses([input({ type: 'dtmf' }), input({ type: [] }), input({ type: ['keys'] })], '2.6.1', [
      '[0].type',
      '[1].type',
      '[2].type',
    ]),
  );

  rule('2.6.2', 'timeOut is 0 to 10, and submitOnHash a boolean', async () => {
    await accepts([input({ dtmf: { timeOut: 0 } }), input({ dtmf: { timeOut: 10 } })]);
    await refuses([input({ dtmf: { timeOut: 11 } }), input({ dtmf: { submitOnHash: 'yes' } })], '2.6.2', [
      '[0].dtmf.timeOut',
      '[1].dtmf.submitOnHash',
    ]);
  });

  rule('2.6.3', '20: maxDigits is 1 to 20', async () => {
    const digits = (maxDigits: number) => input({ dtmf: { maxDigits } });
    const settings = { '2.6.3': '20' } as const;
    await accepts([digits(1), digits(20)], settings);
    await refuses([digits(0), digits(21)], '2.6.3', ['[0].dtmf.maxDigits', '[1].dtmf.maxDigits'], settings);
  });

  rule('2.6.3', '22: maxDigits is 1 to 22', async () => {
    await accepts([input({ dtmf: { maxDigits: 22 } })], { '2.6.3': '22' });
    await refuses([input({ dtmf: { maxDigits: 23 } })], '2.6.3', ['[0].dtmf.maxDigits'], { '2.6.3': '22' });
  });

  rule('2.6.4', 'settings of speech beyond their ranges are refused', async () => {
    await accepts([speech({ endOnSilence: 0.4, maxDuration: 60, sensitivity: 10 })]);
    await refuses(
      [
        speech({ endOnSilence: 0.3 }),
        speech({ maxDuration: 61 }),
        speech({ sensitivity: 9 }),
        speech({ uuid: 'leg' }),
        speech({ context: 'yes' }),
        speech({ language: 7 }),
        speech({ saveAudio: 1 }),
      ],
      '2.6.4',
      [
        '[0].speech.endOnSilence',
        '[1].speech.maxDuration',
        '[2].speech.sensitivity',
        '[3].speech.uuid',
        '[4].speech.context',
        '[5].speech.language',
        '[6].speech.saveAudio',
      ],
    );
  });

  rule('2.6.5', '60: startTimeout is 1 to 60', async () => {
    const start = (startTimeout: number) => speech({ startTimeout });
    const settings = { '2.6.5': '60' } as const;
    await accepts([start(1), start(60)], settings);
    await refuses([start(0), start(61)], '2.6.5', ['[0].speech.startTimeout', '[1].speech.startTimeout'], settings);
  });

  rule('2.6.5', '10: startTimeout is 1 to 10', async () => {
    await accepts([speech({ startTimeout: 10 })], { '2.6.5': '10' });
    await refuses([speech({ startTimeout: 11 })], '2.6.5', ['[0].speech.startTimeout'], { '2.6.5': '10' });
  });

  rule('2.6.6', 'another mode, and an asynchronous one with speech or settings, are refused', () =>
    refuses(
      [
        input({ mode: 'async' }),
        input({ mode: 'asynchronous', type: ['dtmf', 'speech'] }),
        input({ mode: 'asynchronous', dtmf: { maxDigits: 1 } }),
      ],
      '2.6.6',
      ['[0].mode', '[1].type', '[2].dtmf'],
    ),
  );

  rule('2.6.8', 'noted: an input without type is taken as older references had it, with a note', async () => {
    const notes = await accepts([{ action: 'input', maxDigits: 1, timeOut: 5 }], { '2.6.8': 'noted' });
    assert.match(notes, /^\S*\[0\]/m);
  });

  rule('2.6.8', 'refused: it is refused', () =>
    refuses([{ action: 'input', maxDigits: 1 }, { action: 'input' }], '2.6.8', ['[0].type', '[1].type'], {
      '2.6.8': 'refused',
    }),
  );

  rule('2.7.1', 'notify without a payload, with a text for one, and without an eventUrl is refused', () =>
    refuses(
      [
        { action: 'notify', eventUrl: ['https://app.test.example/notify'] },
        notify({ payload: 'done' }),
        { action: 'notify', payload: {} },
      ],
      '2.7.1',
      ['[0].payload', '[1].payload', '[2].eventUrl'],
    ),
  );

  rule('2.7.2', 'a timeout out of the range is no mistake, a text is one', async () => {
    assert.match(await accepts([{ action: 'wait', timeout: 9999 }]), /\[0\]\.timeout: 9999 is out of the range/);
    await refuses([{ action: 'wait', timeout: 'soon' }], '2.7.2', ['[0].timeout']);
  });

  rule('2.7.3', 'transfer without a conversation id, or with another id, is refused', () =>
    refuses([{ action: 'transfer' }, transfer({ conversationId: 'room' }), transfer({ mute: 'yes' })], '2.7.3', [
      '[0].conversationId',
      '[1].conversationId',
      '[2].mute',
    ]),
  );

  rule('2.7.4', 'pay is refused like any other that is none', () =>
    refuses([{ action: 'pay', amount: 9.99 }], '2.0.2', ['[0].action']),
  );
});
