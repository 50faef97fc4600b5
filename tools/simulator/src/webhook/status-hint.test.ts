import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inTries, statusHint } from './status-hint.ts';

describe('a status that is none to reply with', () => {
  it('is explained where it is a redirect', () => {
    assert.equal(statusHint(300, 'GET', false), '; a redirect is not followed');
    assert.equal(statusHint(399, 'GET', true), '; a redirect is not followed');
  });

  it('has the place of the token told where the application misses one', () => {
    for (const status of [401, 403]) {
      assert.equal(
        statusHint(status, 'GET', true),
        '; its token was in the Authorization header, as Bearer, and nowhere else',
      );
      assert.equal(
        statusHint(status, 'GET', false),
        '; it had no token, as the simulator was given no signature secret',
      );
    }
  });

  it('has the method told where the address may know the other one alone', () => {
    assert.equal(statusHint(404, 'POST', false), '; it was a POST');
    assert.equal(statusHint(405, 'GET', false), '; it was a GET');
    assert.equal(
      statusHint(404, 'POST', false, 'http://127.0.0.1:3000/events?token=s'),
      '; it was a POST to http://127.0.0.1:3000/events?…',
    );
  });

  it('speaks for itself otherwise', () => {
    for (const status of [204, 299, 400, 402, 406, 500]) assert.equal(statusHint(status, 'GET', false), '');
  });
});

describe('the number of tries', () => {
  it('is told from 2 on', () => {
    assert.deepEqual([inTries(1), inTries(2), inTries(3)], ['', ' (2 tries)', ' (3 tries)']);
  });
});
