import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rules } from './catalogue.ts';
import { explainRule, listRules, parseRuleSetting } from './explain.ts';
import { RuleSettings } from './rule-settings.ts';
import { type SwitchId, switches } from './switches.ts';

describe('explainRule', () => {
  it('tells title, knowledge, certainty, status, sources and switch of a rule', () => {
    assert.equal(
      explainRule('3.4.5'),
      `Rule 3.4.5
The play-out buffer holds 3072 messages.

That is about 61 s, and the figure of the present tutorial. Older documents have 1024 messages,
about 20 s.

Certainty: conflict (the sources contradict each other, or newer text took the place of older text)
Status: modelled (the simulator itself behaves so)
From:
  - Vonage tutorial on playing audio into a WebSocket
  - AsyncAPI transcription of the WebSocket guide by a third party (api-evangelist/vonage)
  - Vonage WebSocket guide, editions of 2018 to 2021
Switch:
  --rule 3.4.5=3072 (the default)
  --rule 3.4.5=1024
`,
    );
  });

  it('has no switch for a rule that is certain', () => {
    assert.match(explainRule('3.4.1'), /^Certainty: certain \(/m);
    assert.match(explainRule('3.4.1'), /^Status: enforced \(/m);
    assert.doesNotMatch(explainRule('3.4.1'), /^Switch:/m);
  });

  it('breaks lines at 100 characters, for every rule', () => {
    for (const { id } of rules) {
      const [, body = ''] = /^(.*?)\nCertainty:/s.exec(explainRule(id)) ?? [];
      for (const line of body.split('\n')) assert.ok(line.length <= 100, line);
    }
  });

  it('names rules that are near one that does not exist', () => {
    const message = (id: string) => {
      try {
        return explainRule(id);
      } catch (error) {
        assert.ok(error instanceof RangeError);
        return error.message;
      }
    };
    assert.equal(message('3.4.8'), 'there is no rule "3.4.8"; near it are 3.4.7, 3.4.6, 3.4.5');
    assert.equal(message('3.4'), 'there is no rule "3.4"; near it are 3.4.1, 3.4.2, 3.4.3');
    assert.equal(message('6.1.1'), 'there is no rule "6.1.1"; near it are 5.1.1, 7.1.1, 5.1.2');
    assert.equal(message('3-4-6'), 'there is no rule "3-4-6"; near it are 3.4.6, 3.4.5, 3.4.7');
    assert.equal(message('buffer'), 'there is no rule "buffer"; they are numbers from 1.1.1 to 7.5.1');
    assert.equal(message(''), 'there is no rule ""; they are numbers from 1.1.1 to 7.5.1');
  });
});

describe('listRules', () => {
  it('has a line for each rule', () => {
    const lines = listRules().trimEnd().split('\n');
    assert.equal(lines.length, rules.length);
    assert.ok(lines.includes('1.2.1   certain   enforced      The reply must have the status 200.'));
    assert.ok(
      lines.includes('3.4.5   conflict  modelled      The play-out buffer holds 3072 messages. [3072|1024]'),
      'with the values of its switch behind it',
    );
  });
});

describe('parseRuleSetting', () => {
  const refuses = (text: string, message: string) =>
    assert.throws(() => parseRuleSetting(text), { name: 'RangeError', message });

  it('reads every value of every switch, and RuleSettings takes what it reads', () => {
    for (const id of Object.keys(switches) as SwitchId[]) {
      for (const value of switches[id]) {
        const setting = parseRuleSetting(`${id}=${value}`);
        assert.deepEqual(setting, { id, value });
        assert.equal(new RuleSettings({ [setting.id]: setting.value }).value(id), value);
      }
    }
  });

  it('refuses a value that the switch does not have', () => {
    refuses('3.4.6=closd', 'rule 3.4.6: "closd" is not one of dropped, closed');
    refuses('3.4.6=', 'rule 3.4.6: "" is not one of dropped, closed');
    refuses('3.4.6=closed=1', 'rule 3.4.6: "closed=1" is not one of dropped, closed');
  });

  it('refuses a rule without a switch, and says which rules near it have one', () => {
    refuses(
      '3.4.2=open',
      'rule 3.4.2 has no switch, as it is certain; rules near it that have one: 3.4.4, 3.4.5, 3.4.6',
    );
    refuses('3.6.9=no', 'rule 3.6.9 has no switch; rules near it that have one: 3.6.8, 3.6.7, 3.6.6');
  });

  it('refuses a rule that does not exist', () => {
    refuses('3.4.8=closed', 'there is no rule "3.4.8"; near it are 3.4.7, 3.4.6, 3.4.5');
    refuses('constructor=x', 'there is no rule "constructor"; they are numbers from 1.1.1 to 7.5.1');
  });

  it('refuses what has another form', () => {
    refuses('3.4.6', '"3.4.6" is not of the form ID=VALUE, as in 3.4.6=closed');
    refuses('', '"" is not of the form ID=VALUE, as in 3.4.6=closed');
  });

  it('reads a setting or throws a RangeError of one line, whatever the text', () => {
    const part = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...rules.map(({ id }) => id)));
    fc.assert(
      fc.property(part, fc.constantFrom('=', ''), part, (id, sign, value) => {
        try {
          const setting = parseRuleSetting(`${id}${sign}${value}`);
          assert.equal(`${setting.id}=${setting.value}`, `${id}${sign}${value}`);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          assert.doesNotMatch(error.message, /\n/);
        }
      }),
    );
  });
});
