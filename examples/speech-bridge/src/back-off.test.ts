import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backOffMs } from './back-off.ts';

describe('the wait before the next try', () => {
  it('doubles with each failure, up to 4 s', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 5000].map((failures) => backOffMs(failures, 0)),
      [250, 500, 1000, 2000, 4000, 4000, 4000],
    );
  });

  it('is up to a half shorter by chance', () => {
    assert.equal(backOffMs(1, 0.5), 187.5);
    assert.equal(backOffMs(9, 1), 2000);
  });
});
