import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { defineHandler, type Handler, type HandlerCall } from '@kodama/handler-kit';
import { type CallOptions, callHandler } from './call-handler.ts';
import { checkLeftBehind, LeftBehind } from './left-behind.ts';
import { SystemWork } from './system-work.ts';
import { VirtualTime } from './virtual-time.ts';

const starts = (onStart: (call: HandlerCall) => void | Promise<void>): Handler =>
  defineHandler({ name: 'starts', onStart });

/** What a call of a quarter of a second is said to have left behind. */
async function leftOf(handler: Handler, options: Partial<CallOptions> = {}): Promise<LeftBehind> {
  const error = await callHandler(handler, { seconds: 0.25, ...options }).then(
    () => assert.fail('nothing was said to be left behind'),
    (thrown) => thrown,
  );
  assert.ok(error instanceof LeftBehind, String(error));
  return error;
}

const HINT =
  /: it goes by the system's clock and not by the call's; `call\.sleep` goes by the call's, or use `realTime: true`$/;

describe('What a handler leaves behind', () => {
  it('is found and named, with the place in the handler where it was begun', async () => {
    const begins: Record<string, () => unknown> = {
      timeout: () => setTimeout(() => {}, 60_000),
      interval: () => setInterval(() => {}, 60_000),
      pause: () => pause(60_000),
      'late timeout': () => setImmediate(() => setTimeout(() => {}, 60_000)),
    };
    for (const [title, begin] of Object.entries(begins)) {
      const { left, message } = await leftOf(starts(() => void begin()));
      assert.equal(left.length, 1, title);
      assert.match(left[0] ?? '', /^a timer that was set at .*left-behind\.test\.ts:\d+:\d+\)?: it goes/, title);
      assert.match(left[0] ?? '', HINT);
      assert.equal(message, `the call is over, but not all of it:\n  ${left[0]}`);
    }
  });

  it('is named each by itself', async () => {
    const two = starts(() => {
      setTimeout(() => {}, 60_000);
      setInterval(() => {}, 60_000);
    });
    const { left, message } = await leftOf(two);
    assert.equal(new Set(left).size, 2);
    assert.equal(message.split('\n').length, 3);
  });

  it('does not keep the process from its end', async () => {
    const timers: NodeJS.Timeout[] = [];
    await leftOf(starts(() => void timers.push(setInterval(() => {}, 60_000))));
    assert.deepEqual(
      timers.map((timer) => timer.hasRef()),
      [false],
    );
  });

  it('does not hide that the handler has failed', async () => {
    const boom = new Error('boom');
    const failing = starts(async (call) => {
      setTimeout(() => {}, 60_000);
      await call.sleep(120);
      throw boom;
    });
    const error = await leftOf(failing);
    assert.match(
      error.message,
      /^the call is over \(the handler failed after 120 ms: Error: boom\), but not all of it:\n/,
    );
    assert.equal(error.cause, boom);
  });

  it('is nothing where the handler cleans up, before the end or in onEnd, or its timer keeps nothing alive', async () => {
    const tidy = defineHandler({
      name: 'tidy',
      state: () => ({ timers: [] as NodeJS.Timeout[] }),
      async onStart({ signal, state }) {
        clearTimeout(setTimeout(() => {}, 60_000));
        setTimeout(() => {}, 60_000).unref();
        AbortSignal.timeout(60_000);
        state.timers.push(setInterval(() => {}, 60_000));
        await pause(60_000, undefined, { signal });
      },
      async onEnd({ state }) {
        await Promise.resolve();
        for (const timer of state.timers) clearInterval(timer);
      },
    });
    assert.equal((await callHandler(tidy, { seconds: 0.25 })).end.by, 'peer');
  });

  it('is nothing where the handler only waits for what the call’s end ends', async () => {
    const waiting = starts(async (call) => {
      call.out.write(new Uint8Array(640 * 500));
      await Promise.all([call.sleep(60_000), call.out.played(), call.out.drained()]);
    });
    assert.equal((await callHandler(waiting, { seconds: 0.25 })).end.by, 'peer');
  });

  it('is nothing of what goes on beside the call', async () => {
    const timer = setTimeout(() => {}, 60_000);
    await callHandler(
      starts(() => {}),
      { seconds: 0.25 },
    );
    assert.equal(timer.hasRef(), true);
    clearTimeout(timer);
  });

  it('is of its own call, where there are several at once', async () => {
    const [leaves, leavesNone] = await Promise.allSettled([
      callHandler(
        starts(() => void setTimeout(() => {}, 60_000)),
        { seconds: 5 },
      ),
      callHandler(
        starts(() => {}),
        { seconds: 0.25 },
      ),
    ]);
    assert.deepEqual([leaves.status, leavesNone.status], ['rejected', 'fulfilled']);
  });

  it('has a second of real time to be gone, without a hint, where the call is in real time', async () => {
    const soonGone = starts(() => void setTimeout(() => {}, 300));
    assert.equal((await callHandler(soonGone, { seconds: 0.1, realTime: true })).end.by, 'peer');
    const { left } = await leftOf(
      starts(() => void setTimeout(() => {}, 60_000)),
      { seconds: 0.1, realTime: true },
    );
    assert.match(left[0] ?? '', /^a timer that was set at .*left-behind\.test\.ts:\d+:\d+\)?$/);
  });

  it('counts timers of the call’s own clock, which only what carries handlers could leave', async () => {
    const time = new VirtualTime();
    const system = new SystemWork();
    const end = { by: 'peer', atMs: 20 } as const;
    await checkLeftBehind(end, time, system, false);
    time.outside.after(10, () => {});
    await checkLeftBehind(end, time, system, false);
    time.timers.after(10, () => {});
    time.timers.after(10, () => {});
    await assert.rejects(checkLeftBehind(end, time, system, false), {
      name: 'LeftBehind',
      message: "the call is over, but not all of it:\n  timers of the call's own that are still set: 2",
    });
  });
});
