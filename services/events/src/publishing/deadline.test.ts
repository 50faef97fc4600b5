import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDeadline } from './deadline.ts';

const late = () => new Error('late');

describe('a deadline', () => {
  it('gives back what is done in time', async () => {
    assert.equal(await withDeadline(60_000, late, Promise.resolve('done')), 'done');
  });

  it('passes on what fails in time', async () => {
    await assert.rejects(withDeadline(60_000, late, Promise.reject(new Error('failed'))), { message: 'failed' });
  });

  it('ends the wait for what is not, and does not mind how it ends', async () => {
    const work = Promise.withResolvers<string>();
    await assert.rejects(withDeadline(1, late, work.promise), { message: 'late' });
    work.reject(new Error('failed after all'));
    await new Promise(setImmediate);
  });
});
