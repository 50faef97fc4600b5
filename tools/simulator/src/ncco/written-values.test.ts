import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const noted = new RuleSettings();
const refused = new RuleSettings({ '2.0.7': 'refused' });
const input = { action: 'input', type: ['dtmf'] };

/** Each action that has numbers or booleans, with all of them. */
const actions: { action: string; [key: string]: unknown }[] = [
  { action: 'talk', text: '5', bargeIn: true, loop: 0, level: -0.5, style: 2, premium: false },
  { action: 'stream', streamUrl: ['https://a.example/a.mp3'], bargeIn: false, loop: 3, level: 1 },
  { action: 'record', split: 'conversation', channels: 2, endOnSilence: 3, timeOut: 60, beepStart: true },
  { action: 'record', transcription: { sentimentAnalysis: true } },
  { action: 'conversation', name: '1', startOnEnter: false, endOnExit: true, record: true, mute: false },
  {
    action: 'connect',
    randomFromNumber: true,
    timeout: 45,
    limit: 7200,
    advancedMachineDetection: { beep_timeout: 45 },
    endpoint: [{ type: 'app', user: 'true' }],
  },
  { action: 'input', type: ['dtmf'], dtmf: { timeOut: 0.5, maxDigits: 4, submitOnHash: true } },
  {
    action: 'input',
    type: ['speech'],
    speech: { endOnSilence: 1.5, startTimeout: 5, maxDuration: 30, saveAudio: true, sensitivity: 90 },
  },
  { action: 'wait', timeout: 0.5 },
  { action: 'transfer', conversationId: 'CON-1', mute: true },
];

/** The same with every number and boolean as a text. */
const asTexts = (value: object): object =>
  JSON.parse(JSON.stringify(value), (_, inner) => (/^(?:number|boolean)$/.test(typeof inner) ? `${inner}` : inner));

const scalarsOf = (value: object): number => (JSON.stringify(value).match(/:(?:-?\d|true|false)/g) ?? []).length;

describe('a number or boolean that is written as a text', () => {
  for (const [index, action] of actions.entries()) {
    it(`is taken for its value, with a note: ${action.action} (${index})`, () => {
      const right = checkNcco([action, input], noted);
      const written = checkNcco([asTexts(action), input], noted);
      assert.deepEqual([right.complaints, written.complaints], [[], []]);
      assert.deepEqual(written.actions, right.actions);
      assert.ok(scalarsOf(action) > 0);
      assert.equal(written.notes.length - right.notes.length, scalarsOf(action));
    });

    it(`is refused by the switch: ${action.action} (${index})`, () => {
      assert.deepEqual(checkNcco([action, input], refused).complaints, []);
      const { complaints } = checkNcco([asTexts(action), input], refused);
      assert.deepEqual(
        complaints.map(({ rule }) => rule),
        Array(scalarsOf(action)).fill('2.0.7'),
      );
    });
  }

  it('is told of in a sentence', () => {
    const ncco = [{ action: 'talk', text: 'Hello', loop: '2', premium: 'true' }];
    assert.deepEqual(checkNcco(ncco, noted).notes, [
      '[0].loop: is a text and is taken for 2; the reference has it without the quotes',
      '[0].premium: is a text and is taken for true; the reference has it without the quotes',
    ]);
    assert.deepEqual(checkNcco(ncco, refused).complaints.map(complaintText), [
      '[0].loop: "2" is not 2, without the quotes [rule 2.0.7]',
      '[0].premium: "true" is not true, without the quotes [rule 2.0.7]',
    ]);
  });

  it('has the range that it has without the quotes, whatever the switch says', () => {
    for (const rules of [noted, refused]) {
      const found = (endOnSilence: unknown) =>
        checkNcco([{ action: 'record', endOnSilence }], rules).complaints.map(complaintText);
      const allowed = 'is not a number of seconds from 3 to 10 [rule 2.3.3]';
      assert.deepEqual(found('2.9'), [`[0].endOnSilence: "2.9" ${allowed}`]);
      assert.deepEqual(found('10.1'), [`[0].endOnSilence: "10.1" ${allowed}`]);
    }
  });

  it('is nothing but a number or boolean of JSON', () => {
    const isTaken = (keys: object) =>
      checkNcco([{ action: 'talk', text: 'x', ...keys }], noted).complaints.length === 0;
    for (const level of ['0', '-1', '0.5', '1e-1', '1E-1', '-0']) assert.ok(isTaken({ level }), level);
    for (const level of ['', ' 0', '0 ', '+1', '.5', '1.', '00', '0x1', '1e', 'one', 'Infinity', 'NaN', '0\n']) {
      assert.ok(!isTaken({ level }), JSON.stringify(level));
    }
    for (const premium of ['true', 'false']) assert.ok(isTaken({ premium }), premium);
    for (const premium of ['', 'True', 'FALSE', 'yes', '1', '0', ' true', 'null']) {
      assert.ok(!isTaken({ premium }), JSON.stringify(premium));
    }
  });

  it('stays a text where a text is wanted', () => {
    const { notes, actions: taken } = checkNcco(
      [
        { action: 'talk', text: 'true' },
        { action: 'conversation', name: '5' },
      ],
      noted,
    );
    const [talk, conversation] = taken ?? [];
    assert.deepEqual(notes, []);
    assert.equal(talk?.action === 'talk' && talk.text, 'true');
    assert.equal(conversation?.action === 'conversation' && conversation.name, '5');
  });

  it('is read as JSON reads it', () => {
    fc.assert(
      fc.property(fc.double({ min: 3, max: 10, noNaN: true }), (endOnSilence) => {
        const [action] =
          checkNcco([{ action: 'record', endOnSilence: JSON.stringify(endOnSilence) }], noted).actions ?? [];
        assert.equal(action?.action === 'record' && action.endOnSilenceSeconds, endOnSilence);
      }),
    );
  });
});
