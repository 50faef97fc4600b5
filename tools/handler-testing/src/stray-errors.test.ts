import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { defineHandler, type Handler } from '@kodama/handler-kit';
import { callHandler } from './call-handler.ts';

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

const boom = new Error('boom');
const fails = () => {
  throw boom;
};

const starts = (onStart: () => void): Handler => defineHandler({ name: 'starts', onStart });

describe('An error that nobody catches, while calls are handled', () => {
  /** What reaches those who listened before: here instead of the test runner, which would take it for an error of the test. */
  let others: [string, unknown][];
  let runners: ((...args: unknown[]) => void)[][];

  beforeEach(() => {
    others = [];
    runners = EVENTS.map((event) => process.rawListeners(event) as ((...args: unknown[]) => void)[]);
    for (const event of EVENTS) {
      process.removeAllListeners(event).on(event, (error: unknown) => void others.push([event, error]));
    }
  });

  afterEach(() => {
    for (const [i, event] of EVENTS.entries()) {
      process.removeAllListeners(event);
      for (const runner of runners[i] ?? []) process.on(event, runner);
    }
  });

  it('ends the call of the handler that it comes from, wherever it was thrown', async () => {
    const begins: Record<string, () => void> = {
      turn: () => void setImmediate(fails),
      tick: () => process.nextTick(fails),
      microtask: () => queueMicrotask(fails),
      promise: () => void Promise.reject(boom),
      event: () => {
        const emitter = new EventEmitter();
        setImmediate(() => emitter.emit('error', boom));
      },
    };
    for (const [title, begin] of Object.entries(begins)) {
      const call = await callHandler(starts(begin), { seconds: 1 });
      assert.deepEqual(call.end, { by: 'failure', atMs: 0, error: boom }, title);
      assert.deepEqual(
        call.log.map(({ level, msg, hook }) => [level, msg, hook]),
        [['error', 'the handler failed', 'later']],
        title,
      );
    }
    assert.deepEqual(others, []);
  });

  it('ends that call in real time as well', async () => {
    const call = await callHandler(
      starts(() => void setTimeout(fails, 20)),
      { seconds: 5, realTime: true },
    );
    assert.deepEqual([call.end.by, call.end.error], ['failure', boom]);
    assert.deepEqual(others, []);
  });

  it('ends no other call', async () => {
    const [bad, good] = await Promise.all([
      callHandler(
        starts(() => void setImmediate(fails)),
        { seconds: 1 },
      ),
      callHandler(
        starts(() => {}),
        { seconds: 1 },
      ),
    ]);
    assert.deepEqual([bad.end.by, bad.figures.handlerErrorCount], ['failure', 1]);
    assert.deepEqual([good.end.by, good.figures.handlerErrorCount], ['peer', 0]);
  });

  it('goes where it went before where it is none of a handler’s', async () => {
    setImmediate(fails);
    void Promise.reject(boom);
    const call = await callHandler(
      starts(() => {}),
      { seconds: 1 },
    );
    assert.deepEqual(call.end.by, 'peer');
    assert.deepEqual(others.toSorted(), [
      ['uncaughtException', boom],
      ['unhandledRejection', boom],
    ]);
  });

  it('finds those who listened before in their places afterwards, also where a call could not be made', async () => {
    const before = EVENTS.map((event) => process.rawListeners(event));
    await Promise.all([1, 2].map((seconds) => callHandler(starts(fails), { seconds })));
    await assert.rejects(callHandler(starts(fails), { seconds: 0 }));
    await assert.rejects(
      callHandler(
        starts(() => void setInterval(() => {}, 1000)),
        { seconds: 1 },
      ),
    );
    assert.deepEqual(
      EVENTS.map((event) => process.rawListeners(event)),
      before,
    );
  });
});
