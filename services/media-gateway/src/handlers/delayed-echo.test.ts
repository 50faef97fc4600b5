import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tone } from '@kodama/handler-kit';
import { assertSounds, callHandler } from '@kodama/handler-testing';
import { delayedEcho } from './delayed-echo.ts';

describe('delayed-echo', () => {
  for (const sampleRateHz of [8000, 16000, 24000] as const) {
    it(`gives back what was said 600 ms ago, at ${sampleRateHz} Hz`, async () => {
      const says = [{ atMs: 500, audio: tone({ hz: 440, ms: 800 }) }];
      const call = await callHandler(delayedEcho, { says, seconds: 4, sampleRateHz });
      assertSounds(call, [{ fromMs: 1100, toMs: 1900, levelDbfs: -16, hz: 440 }]);
      assert.equal(call.heard.gaps().count, 0);
      assert.equal(call.figures.framesDropped, 0);
    });
  }

  it('is as late as it is told to be, to the frame, and refuses a delay that is none', async () => {
    const call = await callHandler(delayedEcho, {
      says: [{ atMs: 0, audio: tone({ hz: 440, ms: 200 }) }],
      settings: { ECHO_DELAY_MS: '2000' },
      seconds: 3,
    });
    assertSounds(call, [{ fromMs: 2000, toMs: 2200, levelDbfs: -16, hz: 440 }]);
    await assert.rejects(
      callHandler(delayedEcho, { seconds: 1, settings: { ECHO_DELAY_MS: '10' } }),
      /ECHO_DELAY_MS: must be/,
    );
  });
});
