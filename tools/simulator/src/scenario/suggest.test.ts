import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suggest } from './suggest.ts';

const WORDS = ['say', 'tone', 'press', 'hangUp', 'at'];

describe('suggest', () => {
  for (const [written, meant] of [
    ['prss', 'press'],
    ['pressed', 'press'],
    ['presss', 'press'],
    ['hangup', 'hangUp'],
    ['hang_up', 'hangUp'],
    ['tnoe', 'tone'],
    ['att', 'at'],
    ['Say', 'say'],
    ['expect', undefined],
    ['x', undefined],
    ['', undefined],
  ] as const) {
    it(`takes ${written || 'nothing'} for ${meant ?? 'none of the words'}`, () =>
      assert.equal(suggest(written, WORDS), meant));
  }
});
