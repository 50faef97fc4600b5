import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const rules = new RuleSettings();
const check = (action: object) => checkNcco([action], rules);
const found = (action: object) => check(action).complaints.map(({ rule, path }) => [rule, path]);

describe('a notify', () => {
  const notify = { action: 'notify', payload: { step: { at: 1 } }, eventUrl: ['https://a.example/notify'] };

  it('has its defaults filled in', () => {
    const events = { url: 'https://a.example/notify', method: 'POST' };
    const actions = [{ action: 'notify', payload: { step: { at: 1 } }, events }];
    assert.deepEqual(check(notify), { complaints: [], notes: [], actions });
  });

  it('has a payload and an address', () => {
    for (const payload of [undefined, 'step', ['step'], null]) {
      assert.deepEqual(found({ ...notify, payload }), [['2.7.1', '[0].payload']]);
    }
    assert.deepEqual(found({ ...notify, eventUrl: 'https://a.example/' }), [['2.0.3', '[0].eventUrl']]);
    assert.deepEqual(check({ ...notify, eventUrl: undefined }).complaints.map(complaintText), [
      '[0].eventUrl: is missing; it is to be an array of one: an http:// or https:// address [rule 2.7.1]',
    ]);
  });
});

describe('a wait', () => {
  const secondsOf = (timeout: unknown) => {
    const action = check({ action: 'wait', timeout }).actions?.[0];
    return action?.action === 'wait' && action.timeoutSeconds;
  };

  it('lasts 10 s unless it says how long', () => {
    assert.deepEqual(check({ action: 'wait' }), {
      complaints: [],
      notes: [],
      actions: [{ action: 'wait', timeoutSeconds: 10 }],
    });
  });

  it('is brought into its range, with a note', () => {
    assert.deepEqual([0.1, 0.5, '0.5', 7200].map(secondsOf), [0.1, 0.5, 0.5, 7200]);
    assert.deepEqual([0.09, 0, -5, 7200.1].map(secondsOf), [0.1, 0.1, 0.1, 7200]);
    assert.deepEqual(check({ action: 'wait', timeout: 0.1 }).notes, []);
    assert.deepEqual(check({ action: 'wait', timeout: 7201 }).notes, [
      '[0].timeout: 7201 is out of the range of 0.1 to 7200 seconds, so 7200 is taken',
    ]);
  });

  it('lasts a number', () => {
    for (const timeout of ['5 s', null, Number.NaN]) {
      assert.deepEqual(found({ action: 'wait', timeout }), [['2.7.2', '[0].timeout']]);
    }
  });
});

describe('a transfer', () => {
  const transfer = { action: 'transfer', conversationId: 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10' };

  it('has its defaults filled in', () => {
    assert.deepEqual(check(transfer), {
      complaints: [],
      notes: [],
      actions: [{ ...transfer, mute: false, canSpeak: undefined, canHear: undefined }],
    });
  });

  const table: [key: string, right: unknown[], wrong: unknown[]][] = [
    ['conversationId', ['CON-1'], [undefined, 'CON-', '5b1b0f3e', 5]],
    ['mute', [true, false], ['yes']],
    ['canSpeak', [[], ['a']], ['a', [5]]],
    ['canHear', [[], ['a']], ['a', [5]]],
  ];
  for (const [key, right, wrong] of table) {
    it(`has a ${key} as rule 2.7.3 asks`, () => {
      for (const value of right) assert.deepEqual(found({ ...transfer, [key]: value }), []);
      for (const value of wrong) assert.deepEqual(found({ ...transfer, [key]: value }), [['2.7.3', `[0].${key}`]]);
    });
  }
});
