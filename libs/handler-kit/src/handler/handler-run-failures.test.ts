import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { TestRun, turns, withStrayErrors } from '../testing/test-run.ts';
import { CallOverError } from './call-over-error.ts';
import type { Dtmf, HandlerCall, HandlerDefinition } from './handler.ts';
import { HandlerRun } from './handler-run.ts';

type Functions = Omit<HandlerDefinition<undefined, Record<never, never>>, 'name'>;
type Hook = Exclude<keyof Functions, 'settings'>;

const FRAME = Buffer.alloc(640, 1);
const KEY: Dtmf = { digit: '1', durationMs: 100 };

const boom = new Error('boom');
const fails = () => {
  throw boom;
};

/** Has every function of the handler called that there is, once. */
function useAll(test: TestRun): void {
  test.audio();
  test.run.dtmf(KEY);
  test.run.text('hello');
}

/** Has a frame sent and cleared, which calls `onSent` and `onCleared`. */
const sendsAndClears: Functions = {
  onStart({ out }) {
    out.pass(FRAME);
    out.clear();
  },
};

/** Waits until the handler's failure is known. */
async function told(test: TestRun): Promise<void> {
  const endMs = performance.now() + 5000;
  while (test.told.length === 0) {
    assert.ok(performance.now() < endMs, 'nobody was told of a failure');
    await turns(1);
  }
}

const aborted = () => Object.assign(new Error('aborted'), { name: 'AbortError' });
const overOfAnotherKit = () => Object.assign(new Error('over'), { name: 'CallOverError' });

describe('HandlerRun, of a handler that fails', () => {
  const hooks: Hook[] = ['state', 'onStart', 'onAudio', 'onDtmf', 'onText', 'onSent', 'onCleared'];
  for (const hook of hooks) {
    const before = hook === 'onSent' || hook === 'onCleared' ? sendsAndClears : {};

    it(`ends the call once where ${hook} throws, with a line that has the hook and the error, and a count`, async () => {
      const ends: string[] = [];
      const test = TestRun.of({ ...before, [hook]: fails, onEnd: (_: unknown, end: string) => void ends.push(end) });
      useAll(test);
      useAll(test);
      await test.pass(0);
      assert.deepEqual(test.logged, [[hook, boom]]);
      assert.equal(test.lines[0]?.message, 'the handler failed');
      assert.deepEqual([test.told, test.figures.handlerErrorCount], [['failure'], 1]);
      // Without its state, nothing of the handler can work.
      assert.deepEqual(ends, hook === 'state' ? [] : ['failure']);
    });

    // What state gives back is the state, whatever it is, and nobody waits for onSent.
    if (hook === 'state' || hook === 'onSent') continue;

    it(`does the same where the promise of ${hook} rejects, at once or after a while`, async () => {
      const rejects = [
        () => Promise.reject(boom),
        async (call: HandlerCall) => {
          await call.sleep(50);
          throw boom;
        },
      ];
      for (const reject of rejects) {
        const test: TestRun = TestRun.of({ ...before, [hook]: reject });
        useAll(test);
        await test.pass(49);
        assert.equal(test.told.length, reject === rejects[0] ? 1 : 0);
        await test.pass(1);
        assert.deepEqual(test.logged, [[hook, boom]]);
        assert.deepEqual([test.told, test.figures.handlerErrorCount], [['failure'], 1]);
      }
    });
  }

  it('calls nothing of a handler that has no state', async () => {
    const called: string[] = [];
    const note = (name: string) => () => void called.push(name);
    const test = TestRun.of({
      state: fails,
      onStart: note('onStart'),
      onAudio: note('onAudio'),
      onEnd: note('onEnd'),
    });
    useAll(test);
    await test.run.end('failure');
    assert.deepEqual([called, test.logged], [[], [['state', boom]]]);
  });

  it('logs and counts what onEnd throws, at once or later, which ends nothing', async () => {
    for (const onEnd of [fails, async () => fails()]) {
      const test = TestRun.of({ onEnd });
      await test.run.end('peer');
      assert.deepEqual(test.logged, [['onEnd', boom]]);
      assert.deepEqual([test.told, test.figures.handlerErrorCount, test.timers.pending], [[], 1, 0]);
    }
  });

  it('takes whatever is thrown, also what is no error', async () => {
    for (const thrown of [undefined, null, 0, 'broken', { code: 5 }]) {
      const test = TestRun.of({
        onText() {
          throw thrown;
        },
        onDtmf: () => Promise.reject(thrown),
      });
      test.run.dtmf(KEY);
      test.run.text('hello');
      await test.pass(0);
      assert.deepEqual(test.logged, [
        ['onText', thrown],
        ['onDtmf', thrown],
      ]);
      assert.deepEqual(test.told, ['failure']);
    }
  });

  it('takes whatever a handler of plain JavaScript gives back for done, unless it can be waited for', async () => {
    const never = () => {};
    const odd = {
      // biome-ignore lint/suspicious/noThenProperty: that is what it is about.
      get then() {
        throw boom;
      },
    };
    for (const value of [null, 5, 'done', {}, Object.fromEntries([['then', 5]])]) {
      const test = TestRun.of({
        onAudio: () => value as never,
        onText: () => value as never,
        onEnd: () => value as never,
      });
      for (let frame = 0; frame < 60; frame++) test.audio();
      test.run.text('hello');
      await test.run.end('peer');
      assert.deepEqual([test.lines, test.figures.framesUnhandled], [[], 0]);
    }
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about.
    const test = TestRun.of({ onAudio: () => ({ then: never }) as never, onText: () => odd as never });
    for (let frame = 0; frame < 60; frame++) test.audio();
    assert.equal(test.figures.framesUnhandled, 10);
    test.run.text('hello');
    await test.pass(0);
    assert.deepEqual(test.logged, [['onText', boom]]);
  });

  it('logs three errors of a call, and counts all', async () => {
    const pending = Array.from({ length: 8 }, () => Promise.withResolvers<void>());
    const waits = [...pending];
    const test = TestRun.of({ onAudio: () => waits.shift()?.promise });
    for (let frame = 0; frame < 8; frame++) test.audio();
    const errors = pending.map((_, index) => new Error(`error ${index}`));
    for (const [index, { reject }] of pending.entries()) reject(errors[index]);
    await test.pass(0);
    assert.deepEqual(
      test.logged,
      errors.slice(0, 3).map((error) => ['onAudio', error]),
    );
    assert.equal(test.figures.handlerErrorCount, 8);
    assert.deepEqual(test.told, ['failure']);
  });

  for (const [title, make] of [
    ['CallOverError', () => new CallOverError()],
    ['a CallOverError of another kit', overOfAnotherKit],
    ['AbortError', aborted],
  ] as const) {
    it(`takes ${title} for a failure before the end of the call, and not after it`, async () => {
      const thrown = make();
      const before = TestRun.of({ onText: () => Promise.reject(thrown) });
      before.run.text('hello');
      await before.pass(0);
      assert.deepEqual(before.logged, [['onText', thrown]]);
      assert.deepEqual(before.told, ['failure']);

      const after = TestRun.of({
        onStart: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(make()))),
        onEnd() {
          throw make();
        },
      });
      await after.run.end('peer');
      await after.pass(0);
      assert.deepEqual([after.lines, after.told, after.figures.handlerErrorCount], [[], [], 0]);
    });
  }

  it('takes any other error after the end for one, though not for a reason to end', async () => {
    const test = TestRun.of({
      onStart: (call) =>
        call.sleep(1000).catch(() => {
          throw boom;
        }),
    });
    await test.run.end('peer');
    await test.pass(0);
    assert.deepEqual(test.logged, [['onStart', boom]]);
    assert.deepEqual([test.told, test.figures.handlerErrorCount], [[], 1]);
  });

  it('is no failure where the handler waits for something of the call’s when it ends', async () => {
    const test = TestRun.of({
      onStart: (call) => call.sleep(1000),
      onAudio: async ({ out }) => void (await out.play(FRAME)),
      onText: async ({ signal }) =>
        void (await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))),
    });
    useAll(test);
    await test.run.end('peer');
    await test.pass(0);
    assert.deepEqual([test.lines, test.figures.handlerErrorCount], [[], 0]);
  });
});

describe('HandlerRun.strayError', () => {
  it('is of the handler whose timer, promise or event threw it, and of no other', async () => {
    const begins: Record<string, (call: HandlerCall) => void> = {
      'a timer': () => void setTimeout(fails, 1),
      'a timer of a timer': () => void setTimeout(() => setImmediate(fails), 1),
      'a microtask': () => queueMicrotask(fails),
      'a promise': () => void Promise.reject(boom),
      'a promise after a wait': () => void setImmediate(async () => fails()),
      'an event': () => {
        const emitter = new EventEmitter();
        setImmediate(() => emitter.emit('error', boom));
      },
      'the promise of onSent': ({ out }) => void out.pass(FRAME),
    };
    for (const [title, begin] of Object.entries(begins)) {
      const other = TestRun.of({ onAudio: () => new Promise(() => {}) });
      other.audio();
      let test: TestRun | undefined;
      const unowned = await withStrayErrors(async () => {
        test = TestRun.of({ onStart: begin, onSent: (async () => fails()) as () => void });
        await told(test);
      });
      assert.deepEqual(unowned, [], title);
      assert.deepEqual([test?.logged, test?.told], [[['later', boom]], ['failure']], title);
      assert.deepEqual([other.lines, other.told], [[], []], title);
    }
  });

  it('is of the handler also where a frame that came or left has begun it', async () => {
    const functions: Functions[] = [
      { onAudio: () => void setImmediate(fails) },
      // The fourteenth frame is sent by the pacer, whose timer is nobody's.
      {
        onStart: ({ out }) => void out.write(Buffer.alloc(640 * 14)),
        onSent: (_, _frame, heardAtMs) => void (heardAtMs === 260 && setImmediate(fails)),
      },
    ];
    for (const definition of functions) {
      const test = TestRun.of(definition);
      const unowned = await withStrayErrors(async () => {
        test.audio();
        await test.pass(100);
        await told(test);
      });
      assert.deepEqual([unowned, test.logged], [[], [['later', boom]]]);
    }
  });

  it('is of the handler whose listener threw when its signal was aborted: counted, though the call is over', async () => {
    const test = TestRun.of({ onStart: ({ signal }) => signal.addEventListener('abort', fails) });
    const unowned = await withStrayErrors(() => test.run.end('peer'));
    assert.deepEqual([unowned, test.logged, test.told], [[], [['later', boom]], []]);
  });

  it('counts with the call’s other errors', async () => {
    const test = TestRun.of({
      onText() {
        for (let time = 0; time < 5; time++) setImmediate(fails);
        throw boom;
      },
    });
    const unowned = await withStrayErrors(async () => test.run.text('hello'));
    assert.deepEqual(unowned, []);
    assert.deepEqual(
      test.logged.map(([hook]) => hook),
      ['onText', 'later', 'later'],
    );
    assert.deepEqual([test.figures.handlerErrorCount, test.told], [6, ['failure']]);
  });

  it('is false, and nobody’s, where the error comes from no handler', async () => {
    const test = TestRun.of({ onStart: (call) => call.sleep(1000) });
    const unowned = await withStrayErrors(async () => {
      setImmediate(fails);
      void Promise.reject(boom);
      await turns(2);
    });
    assert.equal(HandlerRun.strayError(boom), false);
    assert.deepEqual(unowned, [boom, boom]);
    assert.deepEqual([test.lines, test.figures.handlerErrorCount, test.told], [[], 0, []]);
  });
});
