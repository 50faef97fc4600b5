import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';
import { checkNccoText } from './check-ncco-text.ts';

const rules = new RuleSettings();

const text = `[
  { "action": "talk", "text": "Hello", "loop": -1 },
\t{
    "action": "connect",
    "endpoint": [ {
      "type": "websocket", "uri": "wss://a.example/",
      "content-type": "audio/wav", "novel key": 1
    } ]
  },
  { "action": "talk" }
]
`;

describe('the text of an NCCO', () => {
  it('is checked as the value that it is', () => {
    const { complaints, notes, actions, parseError } = checkNccoText(text, rules);
    assert.deepEqual({ complaints, notes, actions }, checkNcco(JSON.parse(text), rules));
    assert.equal(parseError, undefined);
    assert.equal(complaints.length, 3);
    assert.deepEqual(checkNccoText('[]', rules).actions, []);
  });

  it('has a place for each complaint and note', () => {
    const { complaints, notes, locate } = checkNccoText(text, rules);
    assert.deepEqual(
      complaints.map(({ path }) => [path, locate(path)]),
      [
        ['[0].loop', { line: 2, column: 48 }],
        ['[1].endpoint[0].content-type', { line: 7, column: 23 }],
        // What is missing is missing from the object.
        ['[2].text', { line: 10, column: 3 }],
      ],
    );
    assert.deepEqual(notes, ['[1].endpoint[0]["novel key"]: is not a known key here']);
    assert.deepEqual(notes.map(locate), [{ line: 7, column: 49 }]);
    assert.deepEqual(locate(complaintText({ ...complaints[0], path: '[1]' } as never)), { line: 3, column: 2 });
  });

  it('has a place for itself, and none for what is no path', () => {
    const { complaints, locate } = checkNccoText('\n {"action":"talk"}', rules);
    assert.deepEqual(
      complaints.map(({ path }) => locate(path)),
      [{ line: 2, column: 2 }],
    );
    assert.equal(locate('nonsense'), undefined);
    assert.deepEqual(locate('[7].no.such[0]'), { line: 2, column: 2 });
  });

  it('has the place of the last where a key is there twice, as the value is the last', () => {
    const { complaints, locate } = checkNccoText('[{"action":"talk","text":"x","loop":1,"loop":-1}]', rules);
    assert.deepEqual(
      complaints.map(({ path }) => locate(path)),
      [{ line: 1, column: 46 }],
    );
  });

  const mistakes: [text: string, message: string, sentence: string][] = [
    [
      '[\n  {"action": "talk",}\n]',
      'line 2, column 21: "}" stands where a key in double quotes is expected',
      'the NCCO: a text with "}" at line 2, column 21 is not JSON: a key in double quotes is expected there [rule 2.0.1]',
    ],
    [
      '[\n  {}\n',
      'line 3, column 1: the text ends where a comma or ] is expected',
      'the NCCO: a text that ends at line 3, column 1 is not JSON: a comma or ] is expected there [rule 2.0.1]',
    ],
    [
      '<html>',
      'line 1, column 1: "<" stands where a value is expected',
      'the NCCO: a text with "<" at line 1, column 1 is not JSON: a value is expected there [rule 2.0.1]',
    ],
  ];
  for (const [wrong, message, sentence] of mistakes) {
    it(`says where ${JSON.stringify(wrong)} stops being JSON`, () => {
      const { complaints, notes, actions, parseError, locate } = checkNccoText(wrong, rules);
      assert.equal(parseError?.message, message);
      assert.deepEqual(complaints.map(complaintText), [sentence]);
      assert.deepEqual([notes, actions], [[], undefined]);
      assert.deepEqual(locate(''), { line: parseError?.line, column: parseError?.column });
    });
  }

  it('may be nested to any depth, and is refused where it is nested too deep to be written again', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const { complaints, locate } = checkNccoText(deep, rules);
    assert.equal(complaints.length, 1);
    assert.doesNotThrow(() => locate('[0]'));
    const headers = `{"a":${deep}}`;
    const endpoint = `{"type":"websocket","uri":"ws://a","content-type":"audio/l16;rate=8000","headers":${headers}}`;
    const verdict = checkNccoText(`[{"action":"connect","endpoint":[${endpoint}]}]`, rules);
    assert.deepEqual(
      verdict.complaints.map(({ rule }) => rule),
      ['2.0.1'],
    );
  });

  it('has a place for every value of any JSON, however it is written', () => {
    const indents = fc.constantFrom(0, 2, '\t');
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), indents, (values, indent) => {
        const written = JSON.stringify(values, undefined, indent);
        const { locate } = checkNccoText(written, rules);
        const lines = written.split('\n');
        for (const [index, value] of values.entries()) {
          const position = locate(`[${index}]`);
          const rest = lines[(position?.line ?? 0) - 1]?.slice((position?.column ?? 0) - 1);
          assert.equal(rest?.[0], JSON.stringify(value)[0]);
        }
      }),
    );
  });
});
