import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestRun } from '../testing/test-run.ts';
import { VirtualTimers } from '../time/virtual-timers.ts';
import { defineHandler, type HandlerDefinition } from './handler.ts';

type Functions = Omit<HandlerDefinition<undefined, Record<never, never>>, 'name'>;

const FRAME = Buffer.alloc(640, 1);

/** A handler's call in which each function is called once. The clock stands still but where `work` keeps the process. */
async function callOf(functions: (work: (ms: number) => () => void) => Functions): Promise<TestRun> {
  const timers = new VirtualTimers();
  const work = (ms: number) => () => timers.stallTo(timers.monotonicMs() + ms);
  const test = new TestRun(defineHandler({ name: 'slow', ...functions(work) }), {}, timers);
  test.run.start();
  test.audio();
  test.run.dtmf({ digit: '1', durationMs: 100 });
  test.run.text('hello');
  await test.run.end('peer');
  return test;
}

describe('HandlerRun, of a handler that does not keep up with its messages', () => {
  it('hands it no more than 100 keys and texts at a time, says so once, and goes on when they are done', async () => {
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const note = (what: string) => {
      seen.push(what);
      return seen.length <= 100 ? gate.promise : undefined;
    };
    const test = TestRun.of({ onDtmf: () => note('key'), onText: () => note('text') });
    const flood = () => {
      for (let i = 0; i < 80; i++) {
        test.run.dtmf({ digit: '1', durationMs: 100 });
        test.run.text('hello');
      }
    };
    flood();
    assert.equal(seen.length, 100);
    assert.deepEqual(
      test.lines.map(({ level, fields }) => [level, fields]),
      [['warn', { hook: 'onDtmf', pending: 100 }]],
    );
    gate.resolve();
    await test.pass(0);
    flood();
    assert.equal(seen.length, 260);
    assert.deepEqual([test.told, test.lines.length], [[], 1]);
  });
});

describe('HandlerRun, of a handler that is slow', () => {
  const hooks = ['state', 'onStart', 'onAudio', 'onDtmf', 'onText', 'onEnd'] as const;
  for (const hook of hooks) {
    it(`counts ${hook} where it takes more than 10 ms, and says so`, async () => {
      const fast = await callOf((work) => ({ [hook]: work(10) }));
      assert.deepEqual([fast.figures.handlerSlowCount, fast.figures.handlerMaxMs, fast.lines], [0, 10, []]);
      const slow = await callOf((work) => ({ [hook]: work(10.5) }));
      assert.deepEqual([slow.figures.handlerSlowCount, slow.figures.handlerMaxMs], [1, 10.5]);
      assert.deepEqual(slow.lines, [
        {
          level: 'warn',
          fields: { hook, tookMs: 11, slowMs: 10 },
          message: 'the handler keeps all calls of this process waiting',
        },
      ]);
    });
  }

  it('counts onSent, which is called from wherever a frame leaves', async () => {
    const sends: Functions = {
      onText({ out }) {
        out.pass(FRAME);
      },
    };
    const fast = await callOf((work) => ({ ...sends, onSent: work(10) }));
    assert.deepEqual([fast.figures.handlerSlowCount, fast.figures.handlerMaxMs], [0, 10]);
    const slow = await callOf((work) => ({ ...sends, onSent: work(50) }));
    assert.equal(slow.figures.handlerMaxMs, 50);
    assert.deepEqual(slow.lines[0]?.fields, { hook: 'onSent', tookMs: 50, slowMs: 10 });
  });

  it('counts each time and the longest, and says so once', async () => {
    const test = await callOf((work) => ({
      onStart: work(5),
      onAudio: work(20),
      onDtmf: work(30),
      onText: work(25),
      onEnd: work(1),
    }));
    assert.deepEqual([test.figures.handlerSlowCount, test.figures.handlerMaxMs], [3, 30]);
    assert.deepEqual(
      test.lines.map(({ fields }) => fields),
      [{ hook: 'onAudio', tookMs: 20, slowMs: 10 }],
    );
  });

  it('counts also where it throws in the end', async () => {
    const test = await callOf((work) => ({
      onAudio() {
        work(40)();
        throw new Error('boom');
      },
    }));
    assert.deepEqual([test.figures.handlerSlowCount, test.figures.handlerErrorCount], [1, 1]);
  });

  it('counts what it does at a time, not what it waits for', async () => {
    const test = TestRun.of({
      async onStart(call) {
        await call.sleep(5000);
      },
    });
    await test.pass(6000);
    assert.deepEqual([test.figures.handlerSlowCount, test.figures.handlerMaxMs], [0, 0]);
  });

  it('reckons a frame from the moment at which it came, and gives that back', () => {
    const timers = new VirtualTimers();
    const handler = defineHandler({ name: 'slow', onAudio: () => timers.stallTo(timers.monotonicMs() + 4) });
    const test = new TestRun(handler, {}, timers);
    timers.advanceTo(107);
    assert.equal(test.run.audio(FRAME, 100), 11);
    assert.deepEqual([test.figures.handlerSlowCount, test.figures.handlerMaxMs], [1, 11]);
  });
});

describe('HandlerRun, of a handler that hangs', () => {
  it('hands it no more frames while 50 promises of onAudio are pending, counts them, and says so once', async () => {
    const pending: (() => void)[] = [];
    const test = TestRun.of({
      onAudio: () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        pending.push(resolve);
        return promise;
      },
    });
    for (let frame = 0; frame < 50; frame++) test.audio();
    assert.deepEqual([pending.length, test.figures.framesUnhandled, test.lines], [50, 0, []]);
    assert.equal(test.audio(), 0);
    test.audio();
    assert.deepEqual([pending.length, test.figures.framesUnhandled], [50, 2]);
    assert.deepEqual(test.lines, [
      { level: 'warn', fields: { pending: 50 }, message: 'onAudio does not keep up: frames are not handed to it' },
    ]);
    for (const resolve of pending.slice(0, 3)) resolve();
    await test.pass(0);
    for (let frame = 0; frame < 5; frame++) test.audio();
    assert.deepEqual([pending.length, test.figures.framesUnhandled, test.lines.length], [53, 4, 1]);
  });

  it('hands it frames for ever where it does them at once', () => {
    let frames = 0;
    const test = TestRun.of({ onAudio: () => void frames++ });
    for (let frame = 0; frame < 200; frame++) test.audio();
    assert.deepEqual([frames, test.figures.framesUnhandled], [200, 0]);
  });

  it('still hands it keys and texts', async () => {
    const came: string[] = [];
    const test = TestRun.of({
      onAudio: () => new Promise<void>(() => {}),
      onDtmf: (_, { digit }) => void came.push(digit),
      onText: (_, text) => void came.push(text),
    });
    for (let frame = 0; frame < 60; frame++) test.audio();
    test.run.dtmf({ digit: '5', durationMs: 100 });
    test.run.text('hello');
    assert.deepEqual(came, ['5', 'hello']);
    await test.run.end('peer');
  });
});
