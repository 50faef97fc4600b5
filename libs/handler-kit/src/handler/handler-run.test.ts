import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tone } from '../pcm/tone.ts';
import { TestRun } from '../testing/test-run.ts';
import { VirtualTimers } from '../time/virtual-timers.ts';
import { CallOverError } from './call-over-error.ts';
import { defineHandler, type HandlerCall } from './handler.ts';

const FRAME = Buffer.alloc(640, 1);

describe('HandlerRun', () => {
  it('calls state, onStart, what comes in its order, and onEnd, each with one and the same call', async () => {
    const seen: unknown[] = [];
    const calls = new Set<unknown>();
    const note =
      (hook: string) =>
      (call: object, ...rest: unknown[]) => {
        calls.add(call);
        seen.push([hook, ...rest]);
      };
    const handler = defineHandler({
      name: 'noting',
      state(call) {
        note('state')(call);
        return { made: true };
      },
      onStart: note('onStart'),
      onAudio: note('onAudio'),
      onDtmf: note('onDtmf'),
      onText: note('onText'),
      onSent: note('onSent'),
      onCleared: note('onCleared'),
      onEnd: note('onEnd'),
    });
    const test = new TestRun(handler, { PITCH_HZ: 440 });
    assert.deepEqual(seen, [], 'nothing before it starts');
    test.run.start();
    const call = [...calls][0] as HandlerCall;
    await test.pass(30);
    test.run.audio(FRAME, 30);
    call.out.pass(FRAME);
    call.out.clear();
    test.run.dtmf({ digit: '#', durationMs: 80 });
    test.run.text('hello');
    await test.run.end('peer');
    assert.deepEqual(seen, [
      ['state'],
      ['onStart'],
      ['onAudio', FRAME],
      ['onSent', FRAME, 30],
      ['onCleared'],
      ['onDtmf', { digit: '#', durationMs: 80 }],
      ['onText', 'hello'],
      ['onEnd', 'peer'],
    ]);
    assert.equal(calls.size, 1);
    assert.deepEqual(call.state, { made: true });
    assert.deepEqual(call.settings, { PITCH_HZ: 440 });
    assert.equal(call.socketId, 'socket-1');
  });

  it('gives the call a clock that begins with it', () => {
    const times: number[][] = [];
    const heard: number[] = [];
    const note = (call: HandlerCall) => void times.push([call.elapsedMs(), call.epochMs()]);
    const handler = defineHandler({
      name: 'timed',
      onStart: note,
      onAudio(call, frame) {
        note(call);
        call.out.pass(frame);
      },
      onSent: (_call, _frame, heardAtMs) => void heard.push(heardAtMs),
    });
    const timers = new VirtualTimers(1_000_000);
    timers.advanceTo(500);
    const test = new TestRun(handler, {}, timers);
    test.run.start();
    timers.advanceTo(520);
    test.audio();
    assert.deepEqual(times, [
      [0, 1_000_500],
      [20, 1_000_520],
    ]);
    assert.deepEqual(heard, [20]);
  });

  it('needs none of its functions, and makes no logger where there is nothing to log', async () => {
    const test = TestRun.of({});
    assert.equal(test.audio(), 0);
    test.run.dtmf({ digit: '1', durationMs: 0 });
    test.run.text('hello');
    test.run.notified({ kodamaMark: 1 });
    await test.run.end('peer');
    assert.deepEqual([test.lines, test.sent, test.loggers, test.told], [[], [], 0, []]);
  });

  it('makes one logger for all that a call logs', () => {
    const test = TestRun.of({ onText: (call, text) => call.log.info({ text }, 'came') });
    test.run.text('a');
    test.run.text('b');
    assert.deepEqual(test.lines, [
      { level: 'info', fields: { text: 'a' }, message: 'came' },
      { level: 'info', fields: { text: 'b' }, message: 'came' },
    ]);
    assert.equal(test.loggers, 1);
  });

  it('tells a handler that its audio was played when the far end says so', async () => {
    const ends: unknown[] = [];
    const test = TestRun.of({ onStart: async ({ out }) => void ends.push(await out.play(FRAME)) });
    await test.pass(0);
    const notify = test.sent.find((message) => typeof message === 'string') ?? '';
    const { payload } = JSON.parse(notify);
    test.run.notified({ kodamaMark: payload.kodamaMark + 1 });
    await test.pass(1000);
    assert.deepEqual(ends, []);
    test.run.notified(payload);
    await test.pass(0);
    assert.deepEqual(ends, ['played']);
  });

  describe('at the end of its call', () => {
    it('feeds nothing to the handler any more', async () => {
      const fed: string[] = [];
      const test = TestRun.of({
        onAudio: () => void fed.push('audio'),
        onDtmf: () => void fed.push('dtmf'),
        onText: () => void fed.push('text'),
        onSent: () => void fed.push('sent'),
        onCleared: () => void fed.push('cleared'),
      });
      await test.run.end('peer');
      assert.equal(test.audio(), 0);
      test.run.dtmf({ digit: '1', durationMs: 0 });
      test.run.text('hello');
      test.run.notified({ kodamaMark: 1 });
      assert.deepEqual(fed, []);
    });

    it('sends nothing any more: not what was queued, and not what the handler still tries', async () => {
      let call: HandlerCall | undefined;
      const taken: boolean[] = [];
      const errors: unknown[] = [];
      const useOut = ({ out }: HandlerCall) => {
        taken.push(out.pass(FRAME), out.write(FRAME));
        out.flush();
        out.clear();
        out.live(100);
        out.play(FRAME).catch((error) => errors.push(error));
        out.played().catch((error) => errors.push(error));
      };
      const test = TestRun.of({
        onStart(itself) {
          call = itself;
          itself.out.write(tone({ hz: 440, ms: 5000 }).samplesAt(16000));
        },
        onEnd: useOut,
      });
      await test.pass(1000);
      const sent = test.sent.length;
      assert.ok(sent > 50, `${sent} messages in the first second`);
      await test.run.end('peer');
      useOut(call as HandlerCall);
      await test.pass(10_000);
      assert.equal(test.sent.length, sent);
      assert.equal(test.timers.pending, 0);
      assert.deepEqual(taken, [false, false, false, false]);
      assert.deepEqual(errors, Array(4).fill(new CallOverError()));
      assert.equal(call?.out.unplayedMs, 0);
    });

    it('rejects what the handler waits for, and leaves no timer', async () => {
      const waits: unknown[] = [];
      const test = TestRun.of({
        onStart(call) {
          call.out.write(new Uint8Array(640 * 200));
          for (const wait of [call.sleep(60_000), call.out.drained(), call.out.played(), call.out.play(FRAME)]) {
            wait.catch((error) => waits.push(error));
          }
        },
      });
      await test.pass(100);
      assert.deepEqual(waits, []);
      await test.run.end('peer');
      await test.pass(0);
      assert.deepEqual(waits, Array(4).fill(new CallOverError()));
      assert.equal(test.timers.pending, 0);
    });

    it('aborts its signal', async () => {
      const signals: AbortSignal[] = [];
      const test = TestRun.of({ onStart: ({ signal }) => void signals.push(signal) });
      assert.equal(signals[0]?.aborted, false);
      await test.run.end('peer');
      assert.equal(signals[0]?.aborted, true);
      assert.deepEqual(signals[0]?.reason, new CallOverError());
    });

    it('aborts its signal also where that is asked for in onEnd, or later still, for the first time', async () => {
      const calls: HandlerCall[] = [];
      const signals: AbortSignal[] = [];
      const inOnEnd = TestRun.of({ onEnd: ({ signal }) => void signals.push(signal, signal) });
      await inOnEnd.run.end('peer');
      const later = TestRun.of({ onStart: (call) => void calls.push(call) });
      await later.run.end('peer');
      for (const { signal } of calls) signals.push(signal);
      assert.deepEqual(
        signals.map(({ aborted, reason }) => [aborted, reason]),
        Array(3).fill([true, new CallOverError()]),
      );
      assert.equal(signals[0], signals[1]);
    });

    it('has let go of everything before onEnd', async () => {
      const before: unknown[] = [];
      const test = TestRun.of({
        onStart(call) {
          call.signal.addEventListener('abort', () => before.push('aborted'));
        },
        onEnd: (call) => void before.push(call.signal.aborted, call.out.write(FRAME)),
      });
      await test.run.end('peer');
      assert.deepEqual(before, ['aborted', true, false]);
    });

    it('waits for onEnd, and for none of the time that is left', async () => {
      const done = Promise.withResolvers<void>();
      const ends: string[] = [];
      const test = TestRun.of({ onEnd: () => done.promise });
      void test.run.end('peer').then(() => ends.push('ended'));
      await test.pass(1900);
      assert.deepEqual(ends, []);
      done.resolve();
      await test.pass(0);
      assert.deepEqual([ends, test.lines, test.timers.pending], [['ended'], [], 0]);
    });

    it('waits for onEnd no longer than 2 s, and says so', async () => {
      const ends: string[] = [];
      const test = TestRun.of({ onEnd: () => new Promise<void>(() => {}) });
      void test.run.end('peer').then(() => ends.push('ended'));
      await test.pass(1999);
      assert.deepEqual([ends, test.lines], [[], []]);
      await test.pass(1);
      assert.deepEqual(ends, ['ended']);
      assert.deepEqual(test.lines, [
        {
          level: 'warn',
          fields: { hook: 'onEnd', timeoutMs: 2000 },
          message: 'the handler takes too long to end its call',
        },
      ]);
      assert.equal(test.timers.pending, 0);
    });

    it('counts the first end only', async () => {
      const ends: string[] = [];
      const test = TestRun.of({ onEnd: (_, end) => void ends.push(end) });
      const first = test.run.end('gateway');
      assert.equal(test.run.end('peer'), first);
      await first;
      await test.run.end('failure');
      assert.deepEqual(ends, ['gateway']);
    });
  });

  it('sleeps as long as it is told', async () => {
    const times: number[] = [];
    const test = TestRun.of({
      async onStart(call) {
        for (const ms of [250, 1000]) {
          await call.sleep(ms);
          times.push(call.elapsedMs());
        }
      },
    });
    await test.pass(249);
    assert.deepEqual(times, []);
    await test.pass(1);
    await test.pass(5000);
    assert.deepEqual(times, [250, 5250]);
  });

  it('asks for the end when the handler does, and not once the call is over', async () => {
    const ends: string[] = [];
    const test = TestRun.of({
      onText(call) {
        call.end();
        call.end();
      },
      onEnd(call, end) {
        ends.push(end);
        call.end();
      },
    });
    test.run.text('bye');
    await test.pass(0);
    assert.deepEqual([test.told, ends], [['handler'], ['handler']]);
  });
});
