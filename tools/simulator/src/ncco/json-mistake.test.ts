import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findJsonMistake } from './json-mistake.ts';

describe('a mistake in a JSON text', () => {
  const mistakes: [text: string, offset: number, expected: string][] = [
    ['', 0, 'a value'],
    [' x', 1, 'a value'],
    ['[', 1, 'a value or ]'],
    ['[1', 2, 'a comma or ]'],
    ['[1,]', 3, 'a value'],
    ['[1 2]', 3, 'a comma or ]'],
    ['[1}', 2, 'a comma or ]'],
    ['{', 1, 'a key in double quotes or }'],
    ['{a:1}', 1, 'a key in double quotes or }'],
    ['{"a" 1}', 5, 'a colon'],
    ['{"a":}', 5, 'a value'],
    ['{"a":1', 6, 'a comma or }'],
    ['{"a":1,}', 7, 'a key in double quotes'],
    ['{"a":1]', 6, 'a comma or }'],
    ["['a']", 1, 'a value or ]'],
    ['[] []', 3, 'the end of the text'],
    ['"a', 2, 'the closing quote'],
    ['"a\nb"', 2, 'the closing quote'],
    ['"a\\x"', 2, 'an escape of JSON'],
    ['"\\u12g4"', 1, 'an escape of JSON'],
    ['[01]', 1, 'a value or ]'],
    ['[1.]', 1, 'a value or ]'],
    ['[+1]', 1, 'a value or ]'],
    ['[True]', 1, 'a value or ]'],
    ['[1] // a', 4, 'the end of the text'],
    ['\ufeff[]', 0, 'a value'],
  ];
  for (const [text, offset, expected] of mistakes) {
    it(`is found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(findJsonMistake(text), { offset, expected });
    });
  }

  it('is not found where there is none', () => {
    for (const text of ['null', ' [ ] ', '{"a":[1,-0.5e+3,{"b":{}}],"\\u00e9\\/":"\u007f"}', '\t\r\n"x"']) {
      assert.equal(findJsonMistake(text), undefined);
    }
  });

  it('is found at any depth', () => {
    assert.equal(findJsonMistake(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), undefined);
    assert.deepEqual(findJsonMistake('['.repeat(100_000)), { offset: 100_000, expected: 'a value or ]' });
  });

  it('is found wherever the parser of the runtime finds one, and nowhere else', () => {
    const space = fc.constantFrom(0, 1, '\t');
    const written = fc.tuple(fc.jsonValue(), space).map(([value, indent]) => JSON.stringify(value, undefined, indent));
    const scraps = fc
      .array(fc.constantFrom(...'[]{}:,"\\0123.eE+- \n', 'true', 'null', '"a"'))
      .map((all) => all.join(''));
    const damaged = fc.tuple(written, fc.nat(), fc.nat(2), scraps).map(([text, at, length, scrap]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + scrap + text.slice(from + length);
    });
    fc.assert(
      fc.property(fc.oneof(written, scraps, damaged), (text) => {
        assert.equal(findJsonMistake(text) === undefined, isJson(text));
      }),
      { numRuns: 2000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
