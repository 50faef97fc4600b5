import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const rules = new RuleSettings();
const check = (keys: object) => checkNcco([{ action: 'record', ...keys }], rules);
const eventUrl = ['https://a.example/recordings'];

describe('a record', () => {
  it('has its defaults filled in', () => {
    assert.deepEqual(check({}), {
      complaints: [],
      notes: [],
      actions: [
        {
          action: 'record',
          format: 'mp3',
          split: false,
          channels: undefined,
          endOnSilenceSeconds: undefined,
          endOnKey: undefined,
          timeOutSeconds: undefined,
          beepStart: false,
          events: undefined,
          transcription: undefined,
        },
      ],
    });
  });

  it('keeps what it was given', () => {
    const keys = { split: 'conversation', channels: 2, endOnSilence: 3, endOnKey: '#', timeOut: 60, beepStart: true };
    const transcription = { language: 'de-DE', eventUrl, eventMethod: 'GET', sentimentAnalysis: true };
    assert.deepEqual(check({ format: 'ogg', ...keys, eventUrl, transcription }).actions, [
      {
        action: 'record',
        format: 'ogg',
        split: true,
        channels: 2,
        endOnSilenceSeconds: 3,
        endOnKey: '#',
        timeOutSeconds: 60,
        beepStart: true,
        events: { url: 'https://a.example/recordings', method: 'POST' },
        transcription: {
          language: 'de-DE',
          sentimentAnalysis: true,
          events: { url: 'https://a.example/recordings', method: 'GET' },
        },
      },
    ]);
  });

  it('is MP3 up to two channels and WAV above', () => {
    const formatOf = (channels: number) => {
      const action = check({ split: 'conversation', channels }).actions?.[0];
      return action?.action === 'record' && action.format;
    };
    assert.deepEqual([formatOf(1), formatOf(2), formatOf(3), formatOf(32)], ['mp3', 'mp3', 'wav', 'wav']);
  });

  const table: [rule: string, key: string, right: unknown[], wrong: unknown[]][] = [
    ['2.3.1', 'format', ['mp3', 'wav', 'ogg'], ['MP3', 'flac', 5]],
    ['2.3.1', 'beepStart', [true, false], ['yes', 1]],
    ['2.3.2', 'split', ['conversation'], ['channels', true]],
    ['2.3.3', 'endOnSilence', [3, 4.5, 10], [2.9, 10.1, '2.9']],
    ['2.3.4', 'endOnKey', ['0', '9', '*', '#'], ['', '10', 'a', 5]],
    ['2.3.5', 'timeOut', [3, 7200], [2, 7201, '2']],
    ['2.3.6', 'transcription', [{}, { language: 'en-US' }], [true, 'en-US', []]],
    ['2.0.3', 'eventUrl', [eventUrl], ['https://a.example/', [], ['a'], [...eventUrl, ...eventUrl], [5], null]],
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

  it('has 1 to 32 channels, and these only beside split', () => {
    const split = 'conversation';
    for (const channels of [1, 32]) assert.deepEqual(check({ split, channels }).complaints, []);
    for (const channels of [0, 33, 1.5, '33']) assert.equal(check({ split, channels }).complaints[0]?.rule, '2.3.2');
    assert.deepEqual(check({ channels: 2 }).complaints.map(complaintText), [
      '[0].split: is missing; it is to be "conversation", as channels asks for it [rule 2.3.2]',
    ]);
  });

  it('is complained of inside of its transcription', () => {
    const transcription = { language: 5, sentimentAnalysis: 'yes', eventUrl: 'https://a.example/', eventMethod: 'PUT' };
    const { complaints } = check({ transcription });
    assert.deepEqual(
      complaints.map(({ rule, path }) => [rule, path]),
      [
        ['2.3.6', '[0].transcription.language'],
        ['2.3.6', '[0].transcription.sentimentAnalysis'],
        ['2.0.3', '[0].transcription.eventUrl'],
        ['2.0.4', '[0].transcription.eventMethod'],
      ],
    );
  });

  it('is noted for what is seldom meant', () => {
    const { complaints, notes } = check({
      format: 'mp3',
      split: 'conversation',
      channels: 3,
      eventMethod: 'POST',
      timeout: 5,
      transcription: { speed: 1 },
    });
    assert.deepEqual(complaints, []);
    assert.deepEqual(notes, [
      '[0].format: mp3 has no room for 3 channels',
      '[0].eventMethod: has no eventUrl beside it to apply to',
      '[0].transcription.speed: is not a known key here',
      '[0].timeout: is not a known key here; timeOut is',
    ]);
  });
});
