import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { talkCharacters } from './ncco.ts';

describe('the length of a spoken text', () => {
  it('is that of the text', () => {
    assert.equal(talkCharacters('Hello.'), 6);
    assert.equal(talkCharacters('1 < 2 and 2 > 1'), 15);
    assert.equal(talkCharacters('<b>Hello.</b>'), 13, 'no SSML without <speak> around it');
  });

  it('leaves out the tags of SSML, and nothing else', () => {
    assert.equal(talkCharacters('<speak>Hello.</speak>'), 6);
    assert.equal(talkCharacters(' <speak version="1.1">a<break time=\'1s\'/>\n<p>b</p></speak>\n'), 3);
    assert.equal(talkCharacters('<speak><sub alias="a > b">ab</sub></speak>'), 2);
    assert.equal(talkCharacters('<speak>&amp;</speak>'), 5);
  });
});
