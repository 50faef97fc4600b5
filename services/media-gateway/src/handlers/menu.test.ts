import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertSounds, callHandler } from '@kodama/handler-testing';
import { menu } from './menu.ts';

describe('menu', () => {
  it('prompts, answers each key, cuts off what plays, and ends with #', async () => {
    const call = await callHandler(menu, {
      presses: [
        { atMs: 1000, digit: '1' },
        { atMs: 2500, digit: '9' },
        { atMs: 3500, digit: '3' },
        { atMs: 5000, digit: '*' },
        { atMs: 6500, digit: '#' },
      ],
      seconds: 20,
    });
    assertSounds(call, new URL('./menu.golden.json', import.meta.url));
    assert.equal(call.end.by, 'handler');
    assert.ok(call.end.atMs > 7000 && call.end.atMs < 7300, `ended after ${call.end.atMs} ms`);
  });

  it('goes on where the caller changes his mind while it says goodbye', async () => {
    const call = await callHandler(menu, {
      presses: [
        { atMs: 1000, digit: '#' },
        { atMs: 1200, digit: '1' },
      ],
      seconds: 3,
    });
    assert.equal(call.end.by, 'peer');
    assert.equal(Math.round(call.sounds().at(-1)?.hz ?? 0), 440);
  });
});
