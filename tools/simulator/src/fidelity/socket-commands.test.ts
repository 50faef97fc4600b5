import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { shareOf, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import {
  afterFrames,
  all,
  clear,
  echo,
  echoText,
  notify,
  onText,
  play,
  send,
  silent,
} from '../testing/socket-behaviours.ts';
import { notesOf, type SocketCall, socketCall, taken, textsOf } from '../testing/socket-call.ts';
import { toneFrames } from '../testing/tone.ts';

const CLEARED = '{"event":"websocket:cleared"}';
const LONG_TONE = toneFrames(1000, 8000, 16_000);

const notified = (payload: unknown): string => JSON.stringify({ event: 'websocket:notify', payload });

/** The texts after the first message, when there are so many. */
async function answers({ connection }: SocketCall, count: number): Promise<string[]> {
  await connection.texts.first((_, index) => index === count);
  return textsOf(connection).slice(1);
}

suite('text on the socket', { concurrency: 8 }, () => {
  rule('3.5.1', 'the event has no other key, and the caller hears silence from then on', async () => {
    await using stage = await socketCall({ socket: all(play(LONG_TONE), afterFrames(10, clear)) });
    assert.deepEqual(await answers(stage, 1), [CLEARED]);
    const { heard } = stage.call;
    const clearedMs = heard.durationMs;
    await until('another 400 ms are over', () => heard.durationMs >= clearedMs + 400);
    assert.ok(shareOf(heard.heard(0, clearedMs), 16_000, 1000) > 0.5);
    assert.deepEqual([...heard.heardPresence().slice(clearedMs / 20 + 1)].filter(Boolean), []);
    const { framesCleared, framesPlayed, problems } = await stage.call.hangUp();
    assert.equal(framesCleared + framesPlayed, LONG_TONE.length);
    assert.ok(framesCleared > 100, `${framesCleared} frames`);
    assert.deepEqual(problems, []);
  });

  rule('3.5.1', 'audio that comes after it is played', async () => {
    const after = toneFrames(2000, 400, 16_000);
    await using stage = await socketCall({ socket: all(play(LONG_TONE), clear, play(after), notify({ end: true })) });
    assert.deepEqual(await answers(stage, 2), [CLEARED, notified({ end: true })]);
    // A few frames of what was ahead of it may have been played before the command came.
    assert.ok(shareOf(stage.call.heard.heard(), 16_000, 2000) > 0.5);
  });

  rule('3.5.1', 'with nothing to throw away it is answered all the same', async () => {
    await using stage = await socketCall({ socket: clear });
    assert.deepEqual(await answers(stage, 1), [CLEARED]);
  });

  rule('3.5.2', 'and not before, with the same payload', async () => {
    const payload = { mark: 1, nested: { list: [true, null, 'ü'] } };
    const { promise, resolve } = Promise.withResolvers<number>();
    const heardFrames = () => stage.call.heard.heardPresence().reduce((sum, one) => sum + one, 0);
    await using stage = await socketCall({
      socket: all(
        play(LONG_TONE.slice(0, 40)),
        notify(payload),
        onText('websocket:notify', () => resolve(heardFrames())),
      ),
    });
    assert.equal(await promise, 40);
    assert.deepEqual(await answers(stage, 1), [notified(payload)]);
  });

  rule('3.5.2', 'each at its own place among the audio, in their order', async () => {
    const part = LONG_TONE.slice(0, 5);
    const behaviour = all(notify({ at: 0 }), play(part), notify({ at: 5 }), play(part), notify({ at: 10 }), notify({}));
    await using stage = await socketCall({ socket: behaviour });
    assert.deepEqual(await answers(stage, 4), [{ at: 0 }, { at: 5 }, { at: 10 }, {}].map(notified));
  });

  for (const [command, found] of [
    ['{"action":"notify"}', 'missing'],
    ['{"action":"notify","payload":"mark"}', '"mark"'],
    ['{"action":"notify","payload":null}', 'null'],
    ['{"action":"notify","payload":[1]}', '[1]'],
  ] as const) {
    rule('3.5.3', `${command} is a problem, and has no answer`, async () => {
      await using stage = await socketCall({ socket: all(send(command), notify({ good: true })) });
      assert.deepEqual(await answers(stage, 1), [notified({ good: true })]);
      const { problems } = await stage.call.hangUp();
      assert.deepEqual(problems, [`the payload of a notify command is ${found}, not an object [rule 3.5.3]`]);
    });
  }

  rule('3.5.4', 'there is no event for them', async () => {
    const behaviour = all(play(LONG_TONE), notify({ mark: 1 }), clear, notify({ mark: 2 }));
    await using stage = await socketCall({ socket: behaviour }, taken({ '3.5.4': 'discarded' }));
    assert.deepEqual(await answers(stage, 2), [CLEARED, notified({ mark: 2 })]);
  });

  rule('3.5.4', 'taken the other way, their events come first', async () => {
    const behaviour = all(play(LONG_TONE), notify({ mark: 1 }), notify({ mark: 2 }), clear);
    await using stage = await socketCall({ socket: behaviour }, taken({ '3.5.4': 'answered' }));
    assert.deepEqual(await answers(stage, 3), [notified({ mark: 1 }), notified({ mark: 2 }), CLEARED]);
  });

  rule('3.5.5', 'for each key in turn, with the duration that it was pressed for', async () => {
    await using stage = await socketCall({ socket: silent });
    await stage.call.press('7*', { durationMs: 40 });
    await stage.call.press('#');
    assert.deepEqual(await answers(stage, 3), [
      '{"event":"websocket:dtmf","digit":"7","duration":40}',
      '{"event":"websocket:dtmf","digit":"*","duration":40}',
      '{"event":"websocket:dtmf","digit":"#","duration":100}',
    ]);
    assert.equal((await stage.call.hangUp()).dtmfSent, 3);
  });

  for (const text of ['{"action":"stop"}', '{"hello":1}', '[1]', 'hello', '']) {
    rule('3.5.6', `${JSON.stringify(text)} has a note, and the call goes on`, async () => {
      const behaviour = all(send(text), notify({ good: true }));
      await using stage = await socketCall({ socket: behaviour }, taken({ '3.5.6': 'ignored' }));
      assert.deepEqual(await answers(stage, 1), [notified({ good: true })]);
      const report = await stage.call.hangUp();
      assert.deepEqual(report.problems, []);
      assert.deepEqual(notesOf(report), [`the application sent text that is no command: ${text} [rule 3.5.6]`]);
    });
  }

  rule('3.5.6', 'taken the other way, the connection is closed at it', async () => {
    await using stage = await socketCall({ socket: send('hello') }, taken({ '3.5.6': 'closed' }));
    const { problems } = await stage.call.ended;
    assert.deepEqual(problems, [
      'the application sent text that is no command: hello: Vonage closes the connection [rule 3.5.6]',
    ]);
    assert.equal((await stage.connection.closed).code, 1006);
  });

  rule('3.5.7', 'a note tells of the first, and the call passes', async () => {
    await using stage = await socketCall({ socket: all(echo, echoText) });
    await stage.call.press('1');
    await until('both have come back', () => stage.call.timeline.filter(({ kind }) => kind === 'text').length === 2);
    const report = await stage.call.hangUp();
    assert.deepEqual([report.verdict, report.textMessages], ['passed', 2]);
    // The first message, or as much of it as is shown.
    const shown = '{"event":"websocket:connected","content-type":"audio/l16;rate=16000"}';
    assert.deepEqual(notesOf(report), [`the application sends Vonage's own text message back: ${shown} [rule 3.5.7]`]);
  });
});
