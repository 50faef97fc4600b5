import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const rules = new RuleSettings();
const talk = { action: 'talk', text: 'Hello' };
const stream = { action: 'stream', streamUrl: ['https://a.example/music.mp3'] };
const input = { action: 'input', type: ['dtmf'] };
const sentences = (...ncco: unknown[]) => checkNcco(ncco, rules).complaints.map(complaintText);

describe('a talk', () => {
  it('has its defaults filled in', () => {
    assert.deepEqual(checkNcco([talk], rules), {
      complaints: [],
      notes: [],
      actions: [
        {
          action: 'talk',
          text: 'Hello',
          bargeIn: false,
          loop: 1,
          level: 0,
          language: 'en-US',
          style: 0,
          premium: false,
        },
      ],
    });
  });

  it('keeps what it was given', () => {
    const given = { bargeIn: true, loop: 0, level: -0.4, language: 'cmn-CN', style: 11, premium: true };
    assert.deepEqual(checkNcco([{ ...talk, ...given }, input], rules).actions?.[0], { ...talk, ...given });
  });

  const table: [rule: string, key: string, right: unknown[], wrong: unknown[]][] = [
    ['2.1.1', 'text', ['x', ' ', '1 < 2'], [undefined, '', null, 5, ['Hello'], {}]],
    ['2.1.2', 'text', ['x'.repeat(1500), '\u{1f600}'.repeat(1500)], ['x'.repeat(1501), '<'.repeat(1501)]],
    ['2.1.3', 'bargeIn', [true, false], ['yes', 1, null]],
    ['2.1.5', 'loop', [0, 1, 1000], [-1, 0.5, '-1', null]],
    ['2.1.6', 'level', [-1, -0.3, 0, 0.7, 1], [-1.1, 1.1, '1.1', Number.NaN]],
    ['2.1.7', 'language', ['en-US', 'ar', 'cmn-CN', 'en-GB-WLS', 'es-419'], ['en_US', '', 'e', 'en-', 5]],
    ['2.1.7', 'style', [0, 12], [-1, 1.5, '1.5']],
    ['2.1.7', 'premium', [true, false], ['yes', 0]],
    ['2.1.7', 'voiceName', ['Amy'], [5]],
    ['2.1.9', 'text', ['<speak>a<break time="1s"/>b</speak>', ' <speak version="1.1">x</speak>\n'], ['a<break/>b']],
    ['2.1.9', 'text', ['<?xml version="1.0"?><speak>x</speak>', 'a <b>c</b>'], ['<speak>x', '<p>x</p>', 'x</speak>']],
  ];
  for (const [rule, key, right, wrong] of table) {
    it(`has a ${key} as rule ${rule} asks`, () => {
      for (const value of right) assert.deepEqual(sentences({ ...talk, [key]: value }, input), [], String(value));
      for (const value of wrong) {
        const { complaints } = checkNcco([{ ...talk, [key]: value }, input], rules);
        assert.deepEqual([complaints[0]?.rule, complaints[0]?.path], [rule, `[0].${key}`], String(value));
        assert.equal(complaints.length, 1);
      }
    });
  }

  it('has a length that does not count tags', () => {
    assert.deepEqual(sentences({ ...talk, text: `<speak>${'x'.repeat(1500)}</speak>` }), []);
    assert.deepEqual(sentences({ ...talk, text: `<speak>${'x'.repeat(1501)}</speak>` }), [
      '[0].text: a text of 1501 characters is not one of at most 1500, tags not counted [rule 2.1.2]',
    ]);
  });

  it('names provider and providerOptions together, unless the switch says either', () => {
    const either = new RuleSettings({ '2.1.8': 'either' });
    const both = { ...talk, provider: 'google', providerOptions: { voice: 'x' } };
    assert.deepEqual(checkNcco([both], rules), checkNcco([talk], rules));
    assert.deepEqual(sentences({ ...talk, provider: 'google' }), [
      '[0].providerOptions: is missing; it is to be an object beside provider [rule 2.1.8]',
    ]);
    assert.deepEqual(sentences({ ...talk, providerOptions: {} }), [
      '[0].provider: is missing; it is to be a text beside providerOptions [rule 2.1.8]',
    ]);
    assert.deepEqual(checkNcco([{ ...talk, provider: 'google' }], either).complaints, []);
    assert.deepEqual(checkNcco([{ ...talk, providerOptions: {} }], either).complaints, []);
    assert.equal(checkNcco([{ ...both, provider: 5 }], either).complaints[0]?.rule, '2.1.8');
    assert.equal(checkNcco([{ ...both, providerOptions: 'x' }], either).complaints[0]?.rule, '2.1.8');
  });

  const notes: [key: string, value: unknown, note: RegExp][] = [
    ['voiceName', 'Amy', /^\[0\]\.voiceName: is deprecated/],
    ['level', 0.25, /^\[0\]\.level: 0\.25 is between two steps of 0\.1$/],
    ['Loop', 2, /^\[0\]\.Loop: is not a known key here; loop is$/],
    ['eventUrl', ['https://a.example/'], /^\[0\]\.eventUrl: is not a known key here$/],
  ];
  for (const [key, value, note] of notes) {
    it(`is noted for its ${key}`, () => {
      const verdict = checkNcco([{ ...talk, [key]: value }], rules);
      assert.deepEqual(verdict.complaints, []);
      assert.equal(verdict.notes.length, 1);
      assert.match(verdict.notes[0] ?? '', note);
    });
  }

  it('is noted for a provider other than google', () => {
    const { notes: found } = checkNcco([{ ...talk, provider: 'acme', providerOptions: {} }], rules);
    assert.deepEqual(found, ['[0].provider: is another one than google']);
  });
});

describe('a stream', () => {
  it('has its defaults filled in', () => {
    const streamUrl = 'https://a.example/music.mp3';
    assert.deepEqual(checkNcco([stream], rules), {
      complaints: [],
      notes: [],
      actions: [{ action: 'stream', streamUrl, bargeIn: false, loop: 1, level: 0 }],
    });
  });

  const url = 'http://a.example:8080/a.wav?b=c';
  const table: [rule: string, key: string, right: unknown[], wrong: unknown[]][] = [
    ['2.2.1', 'streamUrl', [[url]], [undefined, url, [], [url, url], ['a.wav'], ['ftp://a.example/a.wav'], [5], {}]],
    ['2.2.2', 'level', [-1, 1], [-1.01, 1.01, '2']],
    ['2.2.2', 'loop', [0, 3], [-1, 0.5]],
    ['2.2.2', 'bargeIn', [true, false], ['yes']],
  ];
  for (const [rule, key, right, wrong] of table) {
    it(`has a ${key} as rule ${rule} asks`, () => {
      for (const value of right) assert.deepEqual(sentences({ ...stream, [key]: value }, input), [], String(value));
      for (const value of wrong) {
        const { complaints } = checkNcco([{ ...stream, [key]: value }, input], rules);
        assert.deepEqual([complaints[0]?.rule, complaints[0]?.path], [rule, `[0].${key}`], String(value));
      }
    });
  }
});
