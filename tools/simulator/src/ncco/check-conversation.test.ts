import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const check = (keys: object, rules = new RuleSettings()) =>
  checkNcco([{ action: 'conversation', name: 'room', ...keys }], rules);
const url = 'https://a.example/hold.mp3';

describe('a conversation', () => {
  it('has its defaults filled in', () => {
    assert.deepEqual(check({}), {
      complaints: [],
      notes: [],
      actions: [
        {
          action: 'conversation',
          name: 'room',
          musicOnHoldUrl: undefined,
          startOnEnter: true,
          endOnExit: false,
          record: false,
          canSpeak: undefined,
          canHear: undefined,
          mute: false,
          events: undefined,
          transcription: undefined,
        },
      ],
    });
  });

  it('keeps what it was given', () => {
    const keys = { startOnEnter: false, endOnExit: true, record: true, canSpeak: ['a-leg'], canHear: [], mute: false };
    const given = { ...keys, musicOnHoldUrl: [url], eventUrl: [url], eventMethod: 'GET', transcription: {} };
    assert.deepEqual(check(given).actions, [
      {
        action: 'conversation',
        name: 'room',
        ...keys,
        musicOnHoldUrl: url,
        events: { url, method: 'GET' },
        transcription: { language: 'en-US', sentimentAnalysis: false, events: undefined },
      },
    ]);
  });

  const table: [rule: string, key: string, right: unknown[], wrong: unknown[]][] = [
    ['2.4.1', 'name', ['a', 'room 9'], [undefined, '', 5, null]],
    ['2.4.2', 'musicOnHoldUrl', [[url]], [url, [], [url, url], ['hold.mp3'], 5]],
    ['2.4.3', 'startOnEnter', [true, false], ['no', 0]],
    ['2.4.3', 'endOnExit', [true, false], ['True', 1]],
    ['2.4.3', 'record', [true, false], ['', null]],
    ['2.4.4', 'canSpeak', [[], ['a', 'b']], ['a', [5], [''], {}]],
    ['2.4.4', 'canHear', [[], ['a']], ['a', [null]]],
    ['2.4.4', 'mute', [true, false], ['yes']],
    ['2.0.4', 'eventMethod', ['GET', 'POST'], ['get', 'PUT', 5, null]],
  ];
  for (const [rule, key, right, wrong] of table) {
    it(`has a ${key} as rule ${rule} asks`, () => {
      for (const value of right) assert.deepEqual(check({ [key]: value }).complaints, [], String(value));
      for (const value of wrong) {
        const { complaints } = check({ [key]: value });
        assert.deepEqual([complaints[0]?.rule, complaints[0]?.path], [rule, `[0].${key}`], String(value));
        assert.equal(complaints.length, 1);
      }
    });
  }

  it('takes its music as an array, a text or both, as the switch says', () => {
    const isTaken = (musicOnHoldUrl: unknown, value: 'array' | 'string' | 'either') => {
      const action = check({ musicOnHoldUrl }, new RuleSettings({ '2.4.2': value })).actions?.[0];
      return action?.action === 'conversation' && action.musicOnHoldUrl === url;
    };
    assert.deepEqual([isTaken([url], 'array'), isTaken(url, 'array')], [true, false]);
    assert.deepEqual([isTaken([url], 'string'), isTaken(url, 'string')], [false, true]);
    assert.deepEqual([isTaken([url], 'either'), isTaken(url, 'either')], [true, true]);
    assert.equal(isTaken('hold.mp3', 'either'), false);
  });

  it('is not muted where it says who hears it', () => {
    assert.deepEqual(check({ mute: true, canHear: ['a'] }).complaints, []);
    assert.deepEqual(check({ mute: true, canSpeak: ['a'] }).complaints.map(complaintText), [
      '[0].mute: true is not left out beside canSpeak [rule 2.4.4]',
    ]);
  });

  it('is recorded where it is written down', () => {
    assert.deepEqual(check({ record: true, transcription: {} }).complaints, []);
    assert.deepEqual(check({ record: false, transcription: {} }).complaints.map(complaintText), [
      '[0].record: false is not true, as transcription asks for it [rule 2.4.5]',
    ]);
    assert.deepEqual(check({ transcription: {} }).complaints.map(complaintText), [
      '[0].record: is missing; it is to be true, as transcription asks for it [rule 2.4.5]',
    ]);
    assert.deepEqual(check({ record: 'true', transcription: {} }).complaints, []);
    assert.equal(check({ record: 'false', transcription: {} }).complaints[0]?.rule, '2.4.5');
    assert.equal(check({ record: true, transcription: 'en' }).complaints[0]?.rule, '2.4.5');
  });
});
