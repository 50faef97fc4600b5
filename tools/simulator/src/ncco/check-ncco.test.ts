import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const rules = new RuleSettings();
const sentences = (ncco: unknown) => checkNcco(ncco, rules).complaints.map(complaintText);

describe('an NCCO', () => {
  it('is an array of objects', () => {
    assert.deepEqual(checkNcco([], rules), { complaints: [], notes: [], actions: [] });
    assert.deepEqual(sentences({ action: 'talk' }), ['the NCCO: an object is not an array of actions [rule 2.0.1]']);
    assert.deepEqual(sentences(null), ['the NCCO: null is not an array of actions [rule 2.0.1]']);
    assert.deepEqual(sentences(undefined), ['the NCCO: is missing; it is to be an array of actions [rule 2.0.1]']);
    assert.deepEqual(sentences(['talk', ['talk'], 5]), [
      '[0]: "talk" is not an object [rule 2.0.1]',
      '[1]: ["talk"] is not an object [rule 2.0.1]',
      '[2]: 5 is not an object [rule 2.0.1]',
    ]);
  });

  it('is complained of a hundred times at most, and the check ends there', () => {
    const more = 'the NCCO: there is more than this, of which the first 100 are told';
    const verdict = (length: number) => checkNcco(Array(length).fill(0), rules);
    assert.deepEqual([verdict(100).complaints.length, verdict(100).notes], [100, []]);
    assert.deepEqual([verdict(101).complaints.length, verdict(101).notes], [100, [more]]);
    const odd = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`key${index}`, 1]));
    const { complaints, notes, actions } = checkNcco([{ action: 'talk', text: 'Hello', ...odd }], rules);
    assert.deepEqual([complaints.length, notes.length, notes.at(-1), actions?.length], [0, 101, more, 1]);
  });

  it('has actions of known names, to the letter', () => {
    const names = 'talk, stream, record, conversation, connect, input, notify, wait, transfer';
    for (const action of ['Talk', 'pay', 'hangup', 'constructor', '']) {
      assert.deepEqual(sentences([{ action }]), [`[0].action: "${action}" is not one of ${names} [rule 2.0.2]`]);
    }
    assert.deepEqual(sentences([{ Action: 'talk' }]), [
      `[0].action: is missing; it is to be one of ${names} [rule 2.0.2]`,
    ]);
  });

  it('is complained of everything that is wrong with it at once', () => {
    const ncco = [
      { action: 'talk', text: 5, level: 2 },
      { action: 'sing' },
      { action: 'connect', timeout: 0, endpoint: [{ type: 'websocket', uri: 'nowhere' }] },
    ];
    const verdict = checkNcco(ncco, rules);
    assert.deepEqual(
      verdict.complaints.map(({ rule, path }) => `${rule} ${path}`),
      [
        '2.1.1 [0].text',
        '2.1.6 [0].level',
        '2.0.2 [1].action',
        '2.5.11 [2].endpoint[0].uri',
        '2.5.13 [2].endpoint[0].content-type',
        '2.5.4 [2].timeout',
      ],
    );
    assert.equal(verdict.actions, undefined);
  });

  it('is complained of in a line of bounded length', () => {
    const [sentence = ''] = sentences([{ action: 'x'.repeat(1000) }]);
    assert.match(sentence, /^\[0\]\.action: "x{78}… is not one of talk, /);
    assert.deepEqual(
      sentences([{ action: [1, 'a', null, true] }])
        .join()
        .slice(0, 35),
      '[0].action: [1,"a",null,true] is no',
    );
    assert.match(sentences([{ action: [1, 2, 3, 4, 5] }]).join(), /^\[0\]\.action: an array of 5 is not/);
  });

  it('may be any JSON value without a fault of the check', () => {
    fc.assert(
      fc.property(nccoLike(), (ncco) => void checkNcco(ncco, rules)),
      { numRuns: 1000 },
    );
  });

  it('has, where there is no complaint, as many actions as it had', () => {
    let accepted = 0;
    fc.assert(
      fc.property(nccoLike(), (ncco) => {
        const { complaints, actions } = checkNcco(ncco, rules);
        assert.equal(actions === undefined, complaints.length > 0);
        if (!actions) return;
        accepted += 1;
        assert.ok(Array.isArray(ncco));
        assert.deepEqual(
          actions.map(({ action }) => action),
          ncco.map(({ action }) => action),
        );
      }),
      { numRuns: 1000 },
    );
    assert.ok(accepted > 50, `only ${accepted} of the values were accepted`);
  });
});

/** Any JSON value, and arrays of objects that have the keys of actions with right and wrong values. */
function nccoLike(): fc.Arbitrary<unknown> {
  const url = 'https://a.example/';
  const endpoint = fc.oneof(
    fc.jsonValue(),
    fc.constant([{ type: 'websocket', uri: 'wss://a.example/', 'content-type': 'audio/l16;rate=8000' }]),
    fc
      .record({ type: fc.constantFrom('phone', 'app', 'sip', 'vbc', 'websocket'), uri: fc.jsonValue() })
      .map((one) => [one]),
  );
  const action = fc.oneof(
    fc.record(
      {
        action: fc.constantFrom('talk', 'stream', 'record', 'conversation', 'connect', 'input', 'notify', 'transfer'),
        text: fc.oneof(fc.jsonValue(), fc.constant('Hello')),
        bargeIn: fc.oneof(fc.boolean(), fc.jsonValue()),
        streamUrl: fc.constant([url]),
        eventUrl: fc.oneof(fc.constant([url]), fc.jsonValue()),
        name: fc.string(),
        endpoint,
        type: fc.oneof(fc.constant(['dtmf']), fc.jsonValue()),
        dtmf: fc.jsonValue(),
        payload: fc.dictionary(fc.string(), fc.jsonValue()),
        conversationId: fc.constant('CON-1'),
        transcription: fc.jsonValue(),
        advancedMachineDetection: fc.jsonValue(),
      },
      { requiredKeys: ['action'] },
    ),
    fc.record({ action: fc.constant('wait'), timeout: fc.float({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ action: fc.constant('talk'), text: fc.constant('Hello') }),
  );
  return fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()), fc.array(action, { maxLength: 4 }));
}
