import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const phone = { type: 'phone', number: '447700900001' };
const from = '12025550123';
const check = (keys: object, given: ConstructorParameters<typeof RuleSettings>[0] = {}) =>
  checkNcco([{ action: 'connect', from, endpoint: [phone], ...keys }], new RuleSettings(given));
const found = (keys: object, given: ConstructorParameters<typeof RuleSettings>[0] = {}) =>
  check(keys, given).complaints.map(({ rule, path }) => [rule, path]);

const tone = 'http://a.example/ring.mp3';

describe('a connect', () => {
  it('has its defaults filled in', () => {
    assert.deepEqual(check({}), {
      complaints: [],
      notes: [],
      actions: [
        {
          action: 'connect',
          endpoint: { ...phone, dtmfAnswer: undefined, onAnswerUrl: undefined },
          from,
          randomFromNumber: false,
          synchronous: false,
          timeoutSeconds: 60,
          limitSeconds: 7200,
          machineDetection: undefined,
          detectsBeep: false,
          events: undefined,
          ringbackTone: undefined,
        },
      ],
    });
  });

  it('keeps what it was given', () => {
    const ringbackTone = 'https://a.example/ring.wav';
    const action = check({
      eventType: 'synchronous',
      timeout: 20,
      limit: 30,
      machineDetection: 'hangup',
      eventUrl: ['https://a.example/events'],
      ringbackTone,
    }).actions?.[0];
    assert.deepEqual(action, {
      action: 'connect',
      endpoint: { ...phone, dtmfAnswer: undefined, onAnswerUrl: undefined },
      from,
      randomFromNumber: false,
      synchronous: true,
      timeoutSeconds: 20,
      limitSeconds: 30,
      machineDetection: 'hangup',
      detectsBeep: false,
      events: { url: 'https://a.example/events', method: 'POST' },
      ringbackTone,
    });
  });

  const table: [rule: string, key: string, right: unknown[], wrong: unknown[]][] = [
    ['2.5.1', 'endpoint', [[phone]], [undefined, phone, [], [phone, phone], 'phone']],
    ['2.5.2', 'from', ['12025550123', 'NexmoTest'], ['', 12025550123, { type: 'phone', number: from }]],
    ['2.5.3', 'eventType', ['synchronous'], ['asynchronous', 'Synchronous', true]],
    ['2.5.4', 'timeout', [3, 7200], [2, 7201, '2', 'a minute']],
    ['2.5.4', 'ringbackTone', [tone, [tone]], [[], [tone, tone], 'ring.mp3', true]],
    ['2.5.5', 'limit', [1, 7200], [0, 7201, '0', '']],
    ['2.5.6', 'machineDetection', ['continue', 'hangup'], ['true', true, 'detect']],
    ['2.5.7', 'advancedMachineDetection', [{}], ['continue', true, []]],
  ];
  for (const [rule, key, right, wrong] of table) {
    it(`has a ${key} as rule ${rule} asks`, () => {
      for (const value of right) assert.deepEqual(found({ [key]: value }), [], String(value));
      for (const value of wrong) assert.deepEqual(found({ [key]: value }), [[rule, `[0].${key}`]], String(value));
    });
  }

  it('rings for any time by the switch', () => {
    const any = { '2.5.4': 'any' } as const;
    for (const timeout of [0.1, 7201]) assert.deepEqual(found({ timeout }, any), []);
    for (const timeout of [0, -1, Number.POSITIVE_INFINITY]) {
      assert.deepEqual(found({ timeout }, any), [['2.5.4', '[0].timeout']]);
    }
  });

  it('says who calls, or leaves that to chance', () => {
    assert.deepEqual(found({ randomFromNumber: false }), []);
    assert.deepEqual(found({ from: undefined, randomFromNumber: true }), []);
    assert.deepEqual(found({ from: undefined, randomFromNumber: 'yes' }), [['2.5.2', '[0].randomFromNumber']]);
    assert.deepEqual(check({ randomFromNumber: true }).complaints.map(complaintText), [
      '[0].from: "12025550123" is not left out beside randomFromNumber [rule 2.5.2]',
    ]);
  });

  const app = { type: 'app', user: 'kim' };
  const socket = { type: 'websocket', uri: 'wss://a.example/', 'content-type': 'audio/l16;rate=16000' };
  const notes: [name: string, keys: object, notes: RegExp[]][] = [
    ['calling a phone without from', { from: undefined }, [/^\[0\]\.from: is missing/]],
    ['calling a phone from a word', { from: 'Kim' }, [/^\[0\]\.from: is no number/]],
    ['calling a phone from a number with a plus', { from: '+12025550123' }, [/^\[0\]\.from: is no number/]],
    ['calling a phone from a number by chance', { from: undefined, randomFromNumber: true }, []],
    ['calling an app from a number', { endpoint: [app] }, [/^\[0\]\.from: is left out/]],
    ['calling an app from nowhere', { endpoint: [app], from: undefined }, []],
    ['calling a websocket from a word', { endpoint: [socket], from: 'Kim' }, []],
    ['calling a websocket from nowhere', { endpoint: [socket], from: undefined }, []],
    [
      'ringing on a websocket',
      { endpoint: [socket], ringbackTone: 'https://a.example/r.mp3' },
      [/^\[0\]\.ringbackTone: is hardly heard/],
    ],
    ['a tone in an array', { ringbackTone: [tone] }, [/^\[0\]\.ringbackTone: is an array; the reference has/]],
    [
      'a token of its own',
      { endpoint: [socket], authorization: { type: 'custom', value: 'made-up' } },
      [/^\[0\]\.authorization: is passed over here: its place is in the websocket endpoint$/],
    ],
    [
      'a token of its own, as an HTTP header is spelt',
      { endpoint: [socket], Authorization: 'made-up' },
      [/^\[0\]\.Authorization: is passed over here/],
    ],
    [
      'looking for machines twice',
      { machineDetection: 'hangup', advancedMachineDetection: {} },
      [/^\[0\]\.machineDetection: is passed over: advancedMachineDetection wins$/],
    ],
    ['an unknown key', { callerId: 'x' }, [/^\[0\]\.callerId: is not a known key here$/]],
  ];
  for (const [name, keys, expected] of notes) {
    it(`has ${expected.length === 0 ? 'no' : 'a'} note for ${name}`, () => {
      const verdict = check(keys);
      assert.deepEqual(verdict.complaints, []);
      assert.equal(verdict.notes.length, expected.length, verdict.notes.join('\n'));
      for (const [index, note] of expected.entries()) assert.match(verdict.notes[index] ?? '', note);
    });
  }
});

describe('advanced machine detection', () => {
  const advanced = (keys: object, given = {}) => found({ advancedMachineDetection: keys }, given);
  const path = '[0].advancedMachineDetection';

  it('has known behaviours and modes', () => {
    for (const behavior of ['continue', 'hangup']) assert.deepEqual(advanced({ behavior }), []);
    for (const mode of ['default', 'detect', 'detect_beep']) assert.deepEqual(advanced({ mode }), []);
    assert.deepEqual(advanced({ behavior: 'wait', mode: 'beep' }), [
      ['2.5.7', `${path}.behavior`],
      ['2.5.7', `${path}.mode`],
    ]);
  });

  it('waits for a beep from 45 s, or 30 s by the switch, to 120 s', () => {
    const refused = [['2.5.7', `${path}.beep_timeout`]];
    const from30 = { '2.5.7': '30' };
    assert.deepEqual(
      [45, 120].map((beep_timeout) => advanced({ beep_timeout })),
      [[], []],
    );
    assert.deepEqual(
      [44, 121].map((beep_timeout) => advanced({ beep_timeout })),
      [refused, refused],
    );
    assert.deepEqual(
      [30, 120].map((beep_timeout) => advanced({ beep_timeout }, from30)),
      [[], []],
    );
    assert.deepEqual(
      [29, 121].map((beep_timeout) => advanced({ beep_timeout }, from30)),
      [refused, refused],
    );
  });

  it('wins over the plain one', () => {
    const resultOf = (keys: object) => {
      const action = check(keys).actions?.[0];
      return action?.action === 'connect' && [action.machineDetection, action.detectsBeep];
    };
    const advancedMachineDetection = { behavior: 'continue', mode: 'detect_beep' };
    assert.deepEqual(resultOf({ machineDetection: 'hangup' }), ['hangup', false]);
    assert.deepEqual(resultOf({ machineDetection: 'hangup', advancedMachineDetection }), ['continue', true]);
    assert.deepEqual(resultOf({ advancedMachineDetection: { behavior: 'hangup' } }), ['hangup', false]);
  });

  it('is spelt as the switch says', () => {
    const camel = { advancedMachineDetection: { behavior: 'hangup' } };
    const snake = { advanced_machine_detection: { behavior: 'hangup' } };
    const inSnake = { '2.5.8': 'snake' } as const;
    const inCamel = { '2.5.8': 'camel' } as const;
    assert.deepEqual([found(camel), found(snake)], [[], []]);
    assert.deepEqual([check(camel).notes, check(snake).notes], [[], []]);
    assert.deepEqual([found(camel, inSnake), found(snake, inSnake)], [[['2.5.8', path]], []]);
    assert.deepEqual(
      [found(camel, inCamel), found(snake, inCamel)],
      [[], [['2.5.8', '[0].advanced_machine_detection']]],
    );
    assert.deepEqual(check(snake, inCamel).complaints.map(complaintText), [
      '[0].advanced_machine_detection: the key advanced_machine_detection is not spelt advancedMachineDetection [rule 2.5.8]',
    ]);
    const action = check(snake).actions?.[0];
    assert.equal(action?.action === 'connect' && action.machineDetection, 'hangup');
  });
});
