import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Seen } from './seen.ts';

describe('what has been seen', () => {
  it('is found when it came before', async () => {
    const seen = new Seen<string>();
    seen.add('ringing');
    seen.add('answered');
    assert.equal(await seen.first((item) => item === 'answered'), 'answered');
    assert.equal(await seen.first(), 'ringing');
    assert.deepEqual(seen.all, ['ringing', 'answered']);
  });

  it('is waited for when it is still to come, by place too', async () => {
    const seen = new Seen<string>();
    const third = seen.first((_, index) => index === 2);
    for (const item of ['a', 'b', 'c', 'd']) seen.add(item);
    assert.equal(await third, 'c');
  });

  it('is an error when it does not come in time', async () => {
    const seen = new Seen<string>();
    seen.add('a');
    await assert.rejects(
      seen.first((item) => item === 'b', 5),
      /^Error: none of the 1 that came within 5 ms is the one that is waited for$/,
    );
  });
});
