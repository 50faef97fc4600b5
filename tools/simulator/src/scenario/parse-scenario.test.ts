import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseScenario } from './parse-scenario.ts';
import { ScenarioError } from './scenario-error.ts';

const SOURCE = { file: 'test.yaml', directory: '/scenarios' };

const parse = (text: string) => parseScenario(text, SOURCE);

/** The lines of the error, without the name of the file. */
function complaints(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.message.split('\n').map((line) => line.replace('test.yaml:', ''));
  }
  return [];
}

/** A step after a name, on line 3 from column 5. */
const step = (text: string) => `name: A test\nsteps:\n  - ${text}\n`;

describe('parseScenario', () => {
  it('fills in what is not given', () => {
    assert.deepEqual(parse('name: A test'), {
      name: 'A test',
      call: { from: '14155550177', to: '12025550123', method: 'GET' },
      platform: {},
      start: 'connected',
      timeout: 120_000,
      steps: [],
      expect: [],
      directory: '/scenarios',
    });
  });

  it('reads every kind of step', () => {
    const text = `name: A test
steps:
  - say: hello.wav
    at: 2.5s
  - tone: 440
  - { tone: 1.2 kHz, for: 2s, level: -20 dBFS }
  - silence: 3s
  - press: 5
  - { press: '12*#', hold: 250ms }
  - sayWords: book a table
  - cutNetwork: 3s
  - resetNetwork
  - expect: { heard: speech }
  - expect: [{ heard: { tone: 440 Hz, within: 500 ms } }, { event: input }]
  - hangUp:
    at: 1min
`;
    assert.deepEqual(parse(text).steps, [
      { say: 'hello.wav', at: 2500 },
      { tone: 440, for: 1000, level: -12 },
      { tone: 1200, for: 2000, level: -20 },
      { silence: 3000 },
      { press: '5', hold: 100 },
      { press: '12*#', hold: 250 },
      { sayWords: 'book a table' },
      { cutNetwork: 3000 },
      { resetNetwork: true },
      { expect: [{ heard: { speech: true, for: 200 } }] },
      { expect: [{ heard: { tone: 440, within: 500, for: 200 } }, { event: { status: 'input', leg: 'any' } }] },
      { hangUp: null, at: 60_000 },
    ]);
  });

  it('reads every kind of expectation, in few words and in many', () => {
    const text = `name: A test
expect:
  - heard: nothing
  - heard: { echo: true, delay: < 200ms }
  - heard: { level: at least -30 dBFS }
  - gaps: none
  - gaps: { count: at most 3, longest: 100ms }
  - event: { status: completed, leg: caller, answered: 2xx, count: 1, with: { disconnected_by: user } }
  - events: { answered: 204 }
  - closed: 1000
  - closed: { code: 1006, by: platform }
  - text: hello
  - text: { with: { action: clear }, count: 0 }
  - action: talk
  - action: { name: talk, text: welcome }
  - verdict: passed
  - problems: none
`;
    const infinity = Number.POSITIVE_INFINITY;
    assert.deepEqual(parse(text).expect, [
      { heard: { nothing: true } },
      { heard: { echo: true, delay: { least: -infinity, most: 200 } } },
      { heard: { level: { least: -30, most: infinity }, for: 1000 } },
      { gaps: { count: { least: 0, most: 0 } } },
      { gaps: { count: { least: -infinity, most: 3 }, longest: { least: 100, most: 100 } } },
      {
        event: {
          status: 'completed',
          leg: 'caller',
          answered: '2xx',
          count: { least: 1, most: 1 },
          with: { disconnected_by: 'user' },
        },
      },
      { events: { answered: 204 } },
      { closed: { code: 1000 } },
      { closed: { code: 1006, by: 'platform' } },
      { text: { has: 'hello' } },
      { text: { with: { action: 'clear' }, count: { least: 0, most: 0 } } },
      { action: { name: 'talk' } },
      { action: { name: 'talk', text: 'welcome' } },
      { verdict: 'passed' },
      { problems: 'none' },
    ]);
  });

  it('reports all problems at once, each with its place', () => {
    const text = `name: A test
anwerUrl: http://127.0.0.1/
call: { from: '+1415', method: PUT }
steps:
  - prss: '5'
  - say: hello.mp3
    att: 3s
expect:
  - event: complete
`;
    assert.deepEqual(complaints(text), [
      '2:1: anwerUrl: is not known here; did you mean "answerUrl"?',
      '3:15: call.from: "+1415" is not a number of digits without a plus sign, or a word such as anonymous',
      '3:32: call.method: "PUT" is not one of GET, POST',
      '5:5: steps[0].prss: is not known here; did you mean "press"?',
      '6:10: steps[1].say: "hello.mp3" is not a WAV file ending in .wav, or the word speech',
      '7:5: steps[1].att: is not known here; did you mean "at"?',
      '9:12: expect[0].event: "complete" is not the name of an event, such as "completed", nor "status: completed" with more; did you mean "completed"?',
    ]);
  });

  const DURATION = 'a time with its unit, up to 120min, such as 2.5s, 300ms or 1min';
  for (const [text, complaint] of [
    ['silence: 3', `3:14: steps[0].silence: 3 is not ${DURATION}`],
    ['silence: 3h', `3:14: steps[0].silence: "3h" is not ${DURATION}`],
    ['press: 0042', '3:12: steps[0].press: 42 is not the keys to press, in quotes: 0-9, * and #'],
    ['press: #', '3:12: steps[0].press: null is not the keys to press, in quotes: 0-9, * and #'],
    ['{ say: a.wav, press: "5" }', '3:19: steps[0].press: cannot stand beside "say": one at a time'],
    ['hang', '3:5: steps[0]: "hang" is not a step, such as "say: hello.wav" or "hangUp"'],
    ['hangup', '3:5: steps[0]: "hangup" is not a step, such as "say: hello.wav" or "hangUp"; did you mean "hangUp"?'],
    [
      '{}',
      '3:5: steps[0]: has no key; it is to have one of say, tone, silence, press, sayWords, cutNetwork, resetNetwork, expect, hangUp',
    ],
    ['{ tone: 40 Hz }', '3:13: steps[0].tone: "40 Hz" is not a frequency from 50 Hz to 12 kHz, such as 440 Hz'],
    [
      '{ tone: 440 Hz, level: -3 dBFS }',
      '3:28: steps[0].level: -3 is not a level that a tone can have: at most -3.1 dBFS',
    ],
    [
      'expect: { heard: speach }',
      '3:22: steps[0].expect.heard: "speach" is not something to hear, such as "speech" or "tone: 440 Hz"; did you mean "speech"?',
    ],
    [
      'expect: [{ heard: { tone: 440 Hz, wthin: 1s } }]',
      '3:39: steps[0].expect[0].heard.wthin: is not known here; did you mean "within"?',
    ],
    ['expect: []', '3:13: steps[0].expect: expects nothing'],
    [
      'expect: { event: { leg: socket } }',
      '3:22: steps[0].expect.event.status: is missing; it is to be one of started, ringing, answered, busy, cancelled, unanswered, timeout, rejected, failed, completed, disconnected, human, machine, input, record, transcription, transfer, notify, error',
    ],
    [
      'expect: { events: { answered: 99 } }',
      '3:35: steps[0].expect.events.answered: 99 is not 2xx, or one status from 100 to 599',
    ],
  ] as const) {
    it(`says what is wrong with the step ${text}`, () => assert.deepEqual(complaints(step(text)), [complaint]));
  }

  it('checks the values of rules', () => {
    assert.deepEqual(complaints('name: A\nplatform: { rules: { 3.4.6: close, 1.3.2: 1001 } }'), [
      '2:29: platform.rules["3.4.6"]: "close" is not one of dropped, closed; did you mean "closed"?',
      '2:43: platform.rules["1.3.2"]: 1001 is not one of 1000, 3000',
    ]);
  });

  for (const [what, text, complaint] of [
    ['nothing', '', '1:1: null is not an object of keys and values'],
    ['YAML that ends too soon', 'name: [1', /^1:\d+: the YAML is wrong: /],
    ['a key twice', 'name: a\nname: b', '2:1: the YAML is wrong: Map keys must be unique'],
    ['what holds itself', '&a [*a]', /^1:1: the YAML cannot be read: Converting circular structure/],
    ['brackets without end', '['.repeat(100_000), /^1:\d+: the YAML /],
    [
      'more than a million characters',
      '#'.repeat(1_000_001),
      /^1:1: the text has 1000001 characters; 1000000 are allowed$/,
    ],
    [
      'a billion laughs',
      `a: &a [${'x,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nc: &c [${'*b,'.repeat(20)}]\nd: [${'*c,'.repeat(20)}]`,
      /^1:1: the YAML cannot be read: Excessive alias count/,
    ],
  ] as const) {
    it(`refuses ${what} with one sentence`, () => {
      const [first = '', ...others] = complaints(text);
      assert.deepEqual(others, []);
      if (typeof complaint === 'string') assert.equal(first, complaint);
      else assert.match(first, complaint);
    });
  }

  it('points into what an alias stands for', () => {
    assert.deepEqual(complaints('name: A\nsteps: [&a { silence: 3 }, *a]'), [
      `2:23: steps[0].silence: 3 is not ${DURATION}`,
      `2:23: steps[1].silence: 3 is not ${DURATION}`,
    ]);
  });

  it('throws nothing but ScenarioError, whatever the text is', () => {
    const word = fc.constantFrom(
      ...[
        'name',
        'steps',
        'expect',
        'heard',
        'event',
        'say',
        'tone',
        'press',
        'at',
        '440 Hz',
        '2.5s',
        'hangUp',
        '5',
        'null',
      ],
    );
    const mark = fc.constantFrom(
      ': ',
      '\n',
      '\n  - ',
      '\n    ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '&a ',
      '*a',
      "'",
      '"',
      '|',
      '>',
      '#',
      '!!',
    );
    const yaml = fc
      .array(fc.oneof(word, mark, fc.string({ maxLength: 3 })), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(yaml, (text) => {
        complaints(text);
      }),
    );
  });

  it('throws nothing but ScenarioError, and names a place inside the text, whatever is written in its fields', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const kind = fc.constantFrom(
      'say',
      'tone',
      'press',
      'expect',
      'hangUp',
      'heard',
      'event',
      'gaps',
      'closed',
      'text',
    );
    const entry = fc.dictionary(fc.oneof(kind, fc.constantFrom('at', 'for', 'within', '__proto__')), value, {
      maxKeys: 3,
    });
    const scenario = fc.record({ name: value, call: value, steps: fc.array(entry), expect: fc.array(entry) });
    fc.assert(
      fc.property(scenario, (written) => {
        const text = JSON.stringify(written, null, 1);
        const lines = text.split('\n');
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof ScenarioError);
          for (const { line = 0, column = 0, message } of error.problems) {
            assert.ok(line >= 1 && line <= lines.length && column >= 1 && column <= (lines[line - 1] ?? '').length + 1);
            assert.ok(message.length > 5);
          }
        }
      }),
    );
  });
});
