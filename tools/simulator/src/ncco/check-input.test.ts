import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

type Given = ConstructorParameters<typeof RuleSettings>[0];

const both = { type: ['dtmf', 'speech'] };
const check = (keys: object, given: Given = {}) => checkNcco([{ action: 'input', ...keys }], new RuleSettings(given));
const found = (keys: object, given: Given = {}) => check(keys, given).complaints.map(({ rule, path }) => [rule, path]);

describe('an input', () => {
  const dtmf = { timeOutSeconds: 3, maxDigits: 4, submitOnHash: false };
  const speech = { endOnSilenceSeconds: 2, startTimeoutSeconds: 10, maxDurationSeconds: 60, saveAudio: false };
  const rest = { action: 'input', asynchronous: false, events: undefined };

  it('has its defaults filled in, of what its type names', () => {
    assert.deepEqual(check(both), { complaints: [], notes: [], actions: [{ ...rest, dtmf, speech }] });
    assert.deepEqual(check({ type: ['dtmf'] }).actions, [{ ...rest, dtmf, speech: undefined }]);
    assert.deepEqual(check({ type: ['speech'], speech: {} }).actions, [{ ...rest, dtmf: undefined, speech }]);
  });

  it('keeps what it was given', () => {
    const eventUrl = ['https://a.example/input'];
    const given = {
      type: ['speech', 'dtmf'],
      mode: 'synchronous',
      dtmf: { timeOut: 0, maxDigits: 1, submitOnHash: true },
      speech: { endOnSilence: 0.4, startTimeout: 5, maxDuration: 30, saveAudio: true, uuid: ['a'], context: ['sales'] },
      eventUrl,
      eventMethod: 'GET',
    };
    assert.deepEqual(check(given), {
      complaints: [],
      notes: [],
      actions: [
        {
          action: 'input',
          dtmf: { timeOutSeconds: 0, maxDigits: 1, submitOnHash: true },
          speech: { endOnSilenceSeconds: 0.4, startTimeoutSeconds: 5, maxDurationSeconds: 30, saveAudio: true },
          asynchronous: false,
          events: { url: 'https://a.example/input', method: 'GET' },
        },
      ],
    });
  });

  it('has a type as rule 2.6.1 asks', () => {
    for (const type of [['dtmf'], ['speech'], ['speech', 'dtmf']]) assert.deepEqual(found({ type }), []);
    for (const type of ['dtmf', [], ['keys'], ['dtmf', 'dtmf'], null]) {
      assert.deepEqual(found({ type }), [['2.6.1', '[0].type']], String(type));
    }
  });

  const table: [rule: string, part: string, key: string, right: unknown[], wrong: unknown[]][] = [
    ['2.6.2', 'dtmf', 'timeOut', [0, 0.5, 10], [-1, 11, '11']],
    ['2.6.2', 'dtmf', 'submitOnHash', [true, false], ['yes']],
    ['2.6.3', 'dtmf', 'maxDigits', [1, 20], [0, 21, 1.5, '1.5']],
    ['2.6.4', 'speech', 'uuid', [['a-leg']], ['a-leg', [], ['a', 'b'], [5]]],
    ['2.6.4', 'speech', 'endOnSilence', [0.4, 10], [0.3, 10.1, true]],
    ['2.6.4', 'speech', 'language', ['en-US'], ['english (us)', 5]],
    ['2.6.4', 'speech', 'context', [[], ['sales', 'support']], ['sales', [5]]],
    ['2.6.4', 'speech', 'maxDuration', [1, 60], [0, 61, 'long']],
    ['2.6.4', 'speech', 'saveAudio', [true, false], ['yes']],
    ['2.6.4', 'speech', 'sensitivity', [10, 100], [9, 101, '9']],
    ['2.6.4', 'speech', 'provider', ['google'], [5]],
    ['2.6.4', 'speech', 'providerOptions', [{}], ['x']],
    ['2.6.5', 'speech', 'startTimeout', [1, 60], [0, 61, '0']],
  ];
  for (const [rule, part, key, right, wrong] of table) {
    it(`has a ${part}.${key} as rule ${rule} asks`, () => {
      for (const value of right) assert.deepEqual(found({ ...both, [part]: { [key]: value } }), [], String(value));
      for (const value of wrong) {
        assert.deepEqual(found({ ...both, [part]: { [key]: value } }), [[rule, `[0].${part}.${key}`]], String(value));
      }
    });
  }

  it('has settings that are objects', () => {
    assert.deepEqual(found({ ...both, dtmf: true }), [['2.6.2', '[0].dtmf']]);
    assert.deepEqual(found({ ...both, speech: ['en-US'] }), [['2.6.4', '[0].speech']]);
  });

  it('has limits that two switches move', () => {
    const dtmfOf = (maxDigits: number) => ({ ...both, dtmf: { maxDigits } });
    assert.deepEqual(found(dtmfOf(22), { '2.6.3': '22' }), []);
    assert.deepEqual(found(dtmfOf(23), { '2.6.3': '22' }), [['2.6.3', '[0].dtmf.maxDigits']]);
    const speechOf = (startTimeout: number) => ({ ...both, speech: { startTimeout } });
    assert.deepEqual(found(speechOf(10), { '2.6.5': '10' }), []);
    assert.deepEqual(found(speechOf(11), { '2.6.5': '10' }), [['2.6.5', '[0].speech.startTimeout']]);
  });

  it('hears keys alone, and has nothing to set, where it is asynchronous', () => {
    const mode = 'asynchronous';
    assert.deepEqual(check({ type: ['dtmf'], mode }).actions, [
      { ...rest, dtmf, speech: undefined, asynchronous: true },
    ]);
    assert.deepEqual(check({ ...both, mode }).complaints.map(complaintText), [
      '[0].type: ["dtmf","speech"] is not ["dtmf"], the only type of an asynchronous input [rule 2.6.6]',
    ]);
    assert.deepEqual(check({ type: ['dtmf'], mode, dtmf: { maxDigits: 1 } }).complaints.map(complaintText), [
      '[0].dtmf: an object is not left out beside the mode asynchronous [rule 2.6.6]',
    ]);
    for (const wrong of ['async', 'Asynchronous', true]) {
      assert.deepEqual(found({ type: ['dtmf'], mode: wrong }), [['2.6.6', '[0].mode']]);
    }
  });

  it('may have an empty eventUrl, and is noted for it', () => {
    const { complaints, notes, actions } = check({ type: ['dtmf'], eventUrl: [], eventMethod: 'GET' });
    assert.deepEqual(complaints, []);
    assert.deepEqual(notes, ['[0].eventUrl: is empty, so the events go to the event URL of the application']);
    assert.deepEqual(actions, [{ ...rest, dtmf, speech: undefined }]);
    assert.deepEqual(found({ type: ['dtmf'], eventUrl: '' }), [['2.0.3', '[0].eventUrl']]);
  });

  it('is noted for settings that are passed over', () => {
    assert.deepEqual(
      check({ type: ['dtmf'], speech: { language: 'en-GB' }, maxDigits: 1, dtmf: { maxdigits: 2 } }).notes,
      [
        '[0].dtmf.maxdigits: is not a known key here; maxDigits is',
        '[0].speech: is passed over: type does not name speech',
        '[0].maxDigits: is passed over here: its place is in dtmf',
      ],
    );
  });
});

describe('an input without type', () => {
  const rest = { action: 'input', asynchronous: false, events: undefined };
  const dtmf = { timeOutSeconds: 3, maxDigits: 4, submitOnHash: false };
  const speech = { endOnSilenceSeconds: 2, startTimeoutSeconds: 10, maxDurationSeconds: 60, saveAudio: false };
  const refused = { '2.6.8': 'refused' } as const;
  const note = (types: string) => `[0].type: is missing, as in references before 2021, and is taken for ${types}`;

  it('is taken as dtmf, and noted', () => {
    assert.deepEqual(check({}), {
      complaints: [],
      notes: [note('["dtmf"]')],
      actions: [{ ...rest, dtmf, speech: undefined }],
    });
  });

  it('has the settings of dtmf at the top', () => {
    assert.deepEqual(check({ timeOut: 10, maxDigits: 1, submitOnHash: true }), {
      complaints: [],
      notes: [note('["dtmf"]')],
      actions: [{ ...rest, dtmf: { timeOutSeconds: 10, maxDigits: 1, submitOnHash: true }, speech: undefined }],
    });
    assert.deepEqual(found({ timeOut: 11, maxDigits: 21, submitOnHash: 1 }), [
      ['2.6.2', '[0].timeOut'],
      ['2.6.3', '[0].maxDigits'],
      ['2.6.2', '[0].submitOnHash'],
    ]);
  });

  it('has them in dtmf where it has a dtmf', () => {
    assert.deepEqual(check({ dtmf: { maxDigits: 2 }, maxDigits: 1 }), {
      complaints: [],
      notes: [note('["dtmf"]'), '[0].maxDigits: is passed over here: its place is in dtmf'],
      actions: [{ ...rest, dtmf: { ...dtmf, maxDigits: 2 }, speech: undefined }],
    });
  });

  it('is taken as speech too where it has a speech', () => {
    assert.deepEqual(check({ speech: { endOnSilence: 1 } }), {
      complaints: [],
      notes: [note('["dtmf","speech"]')],
      actions: [{ ...rest, dtmf, speech: { ...speech, endOnSilenceSeconds: 1 } }],
    });
    assert.deepEqual(found({ speech: true }), [['2.6.4', '[0].speech']]);
  });

  it('has nothing to set where it is asynchronous', () => {
    const mode = 'asynchronous';
    assert.deepEqual(found({ mode }), []);
    assert.deepEqual(found({ mode, maxDigits: 1 }), [['2.6.6', '[0].maxDigits']]);
    assert.deepEqual(found({ mode, dtmf: {} }), [['2.6.6', '[0].dtmf']]);
    assert.deepEqual(found({ mode, speech: {} }), [['2.6.6', '[0].type']]);
  });

  it('is refused by the switch', () => {
    for (const keys of [{}, { maxDigits: 1 }, { dtmf: {} }, { speech: {} }]) {
      assert.deepEqual(found(keys, refused), [['2.6.8', '[0].type']]);
    }
    assert.deepEqual(check({}, refused).complaints.map(complaintText), [
      '[0].type: is missing; it is to be an array of dtmf, speech or both [rule 2.6.8]',
    ]);
    assert.deepEqual(found({ type: ['dtmf'] }, refused), []);
  });
});
