import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineHandler, tone } from '@kodama/handler-kit';
import { callHandler } from './call-handler.ts';

describe('A call in real time', () => {
  it('takes the time that it takes, with timers of the system’s among its own', async () => {
    const pause = Promise.withResolvers<void>();
    const times: number[] = [];
    const handler = defineHandler({
      name: 'timers',
      async onStart(call) {
        setTimeout(pause.resolve, 60);
        await pause.promise;
        times.push(call.elapsedMs());
        await call.sleep(60);
        times.push(call.elapsedMs());
        times.push((await call.out.play(tone({ hz: 440, ms: 100 }))) === 'played' ? call.elapsedMs() : -1);
      },
    });
    const startedAtMs = performance.now();
    const call = await callHandler(handler, { seconds: 0.6, presses: [{ atMs: 100, digit: '1' }], realTime: true });
    const tookMs = performance.now() - startedAtMs;
    // Node's timers may be early by less than a millisecond.
    assert.ok(tookMs > 598, `took ${tookMs} ms`);
    assert.equal(call.end.by, 'peer');
    const [timeoutMs = 0, sleptMs = 0, playedMs = 0] = times;
    assert.ok(timeoutMs > 58 && sleptMs > timeoutMs + 58 && playedMs > sleptMs + 98, times.join(', '));
    const [sound] = call.sounds();
    assert.deepEqual([call.sounds().length, sound?.hz], [1, 440]);
  });

  it('leaves no timer of its own where the handler ends it early, nor takes one for the handler’s', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    const before = timers();
    const hangsUp = defineHandler({ name: 'hangs-up', onStart: (call) => call.end() });
    const call = await callHandler(hangsUp, {
      seconds: 3600,
      presses: [{ atMs: 3_000_000, digit: '1' }],
      texts: [{ atMs: 3_000_000, text: 'late' }],
      stalls: [{ fromMs: 1000, toMs: 3_000_000 }],
      realTime: true,
    });
    assert.deepEqual([call.end.by, timers()], ['handler', before]);
  });
});
