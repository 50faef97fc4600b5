import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { event, shareOf, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import type { SeenConnection } from '../testing/seen-connection.ts';
import { pcmOf } from '../testing/signals.ts';
import {
  afterFrames,
  all,
  echo,
  echoInFragments,
  flood,
  notify,
  play,
  resize,
  type SocketBehaviour,
  silent,
} from '../testing/socket-behaviours.ts';
import { audioOf, notesOf, socketCall, taken } from '../testing/socket-call.ts';
import { toneFrames, toneRecording } from '../testing/tone.ts';

const RATES = [
  [8000, 320],
  [16_000, 640],
  [24_000, 960],
] as const;

const TONE = toneFrames(1000, 400, 16_000);

const isSilence = (frame: Buffer): boolean => frame.every((byte) => byte === 0);

/** The marker with this name has come back. */
const marked = ({ texts }: SeenConnection, mark: string) =>
  texts.first(({ message }) => (message.payload as { mark?: string } | undefined)?.mark === mark, 20_000);

/** Plays the frames, and the same again when it has heard another 25 after the first ones were through. */
const playTwiceWithAGap: SocketBehaviour = (connection) => {
  all(play(TONE), notify({ mark: 'first' }))(connection);
  void marked(connection, 'first').then(() => afterFrames(25, play(TONE), notify({ mark: 'second' }))(connection));
};

suite('audio on the socket', { concurrency: 8 }, () => {
  for (const [rate, bytes] of RATES) {
    const endpoint = { 'content-type': `audio/l16;rate=${rate}` };

    rule('3.3.1', `${bytes} bytes at ${rate} Hz`, async () => {
      await using stage = await socketCall({ endpoint, socket: silent });
      await stage.connection.frames.first((_, index) => index === 20);
      assert.deepEqual([...new Set(stage.connection.frames.all.map((frame) => frame.bytes))], [bytes]);
    });

    rule('3.4.1', `${bytes} bytes at ${rate} Hz are taken and played`, async () => {
      const tone = toneFrames(1000, 200, rate);
      await using stage = await socketCall({ endpoint, socket: all(play(tone), notify({ mark: 'end' })) });
      await marked(stage.connection, 'end');
      const { framesReceived, framesPlayed, framesWrongSize, problems } = await stage.call.hangUp();
      assert.deepEqual([framesReceived, framesPlayed, framesWrongSize, problems], [10, 10, 0, []]);
      assert.ok(shareOf(stage.call.heard.heard(), rate, 1000) > 0.9);
    });
  }

  rule('3.3.2', 'a hundred in two seconds, be there something to hear or not', async () => {
    await using stage = await socketCall({ socket: silent });
    const first = await stage.connection.frames.first();
    const last = await stage.connection.frames.first((_, index) => index === 100);
    const seconds = (last.atMs - first.atMs) / 1000;
    // A machine that is busy elsewhere is late with some; none is ever early, and what was late is made up for.
    assert.ok(seconds > 1 && seconds < 10, `${seconds} s`);
  });

  rule('3.3.3', "the caller's samples, byte by byte as little-endian has them", async () => {
    await using stage = await socketCall({ socket: silent, keepAudio: true });
    await stage.call.say(toneRecording(1000, 100, 16_000));
    const spoken = toneFrames(1000, 100, 16_000);
    await until('all of it has come', () => audioOf(stage.connection).filter((f) => !isSilence(f)).length >= 5);
    assert.deepEqual(
      audioOf(stage.connection).filter((frame) => !isSilence(frame)),
      spoken,
    );
    // A sine of 1000 Hz at half of full scale is 6270 after a sixteenth of its period: 0x187e, the low byte first.
    assert.deepEqual([...(spoken[0]?.subarray(0, 4) ?? [])], [0x00, 0x00, 0x7e, 0x18]);
  });

  rule('3.3.4', 'they are frames of zeros', async () => {
    await using stage = await socketCall({ socket: silent, keepAudio: true }, taken({ '3.3.4': 'frames' }));
    await stage.connection.frames.first((_, index) => index === 20);
    assert.ok(audioOf(stage.connection).every(isSilence));
  });

  rule('3.3.4', 'taken the other way, nothing comes but what somebody says', async () => {
    await using stage = await socketCall({ socket: silent, keepAudio: true }, taken({ '3.3.4': 'nothing' }));
    await until('the call has lasted for 300 ms', () => stage.call.heard.durationMs >= 300);
    assert.equal(stage.connection.frames.all.length, 0);
    await stage.call.say(toneRecording(1000, 400, 16_000));
    await stage.connection.frames.first((_, index) => index === 19);
    await stage.call.hangUp();
    assert.deepEqual(audioOf(stage.connection), TONE);
  });

  for (const bytes of [638, 642]) {
    rule('3.4.1', `${bytes} bytes at 16000 Hz are not`, async () => {
      await using stage = await socketCall({ socket: resize(bytes) });
      const { framesReceived, framesWrongSize } = await stage.call.ended;
      assert.deepEqual([framesReceived, framesWrongSize], [0, 1]);
    });
  }

  rule('3.4.2', 'and the leg has a disconnected event, after which the call is over', async () => {
    await using stage = await socketCall({ socket: resize(160), endpoint: { 'content-type': 'audio/l16;rate=8000' } });
    const report = await stage.call.ended;
    assert.deepEqual(report.problems, [
      'the application sent a binary message of 160 bytes; one frame at 8000 Hz has 320: ' +
        'Vonage closes the connection, which the application sees as 1006 [rule 3.4.2]',
    ]);
    assert.equal((await stage.connection.closed).code, 1006);
    assert.deepEqual([report.closedBy, report.closeCode], ['platform', 1006]);
    assert.ok(await event(stage.call, 'disconnected'));
  });

  rule('3.4.3', 'what comes at once is played without a gap, 20 ms a frame', async () => {
    const second = toneFrames(1000, 1000, 16_000);
    await using stage = await socketCall({ socket: all(play(second), notify({ mark: 'end' })) });
    await marked(stage.connection, 'end');
    const { framesPlayed, gapCount, longestQueueMs } = await stage.call.hangUp();
    assert.deepEqual([framesPlayed, gapCount], [50, 0]);
    assert.ok(longestQueueMs >= 500, `${longestQueueMs} ms`);
    const { heard } = stage.call;
    const presence = heard.heardPresence();
    const first = presence.indexOf(1);
    assert.equal(presence.lastIndexOf(1) - first, 49);
    assert.deepEqual(heard.heard(first * 20, first * 20 + 1000), pcmOf(second));
  });

  rule('3.4.4', 'it is a problem, and the caller hears nothing', async () => {
    await using stage = await socketCall({ socket: echoInFragments(3) }, taken({ '3.4.4': 'ignored' }));
    await stage.connection.frames.first((_, index) => index === 20);
    const report = await stage.call.hangUp();
    assert.deepEqual(report.problems, [
      'the application sent audio in a WebSocket message of several fragments: it is not played [rule 3.4.4]',
    ]);
    assert.deepEqual([report.framesPlayed, report.framesReceived], [0, 0]);
    assert.ok(report.framesFragmented > 0);
  });

  rule('3.4.4', 'taken the other way, it is played, and a note tells of it', async () => {
    await using stage = await socketCall({ socket: echoInFragments(2) }, taken({ '3.4.4': 'joined' }));
    await stage.connection.frames.first((_, index) => index === 20);
    const report = await stage.call.hangUp();
    assert.deepEqual(report.problems, []);
    assert.deepEqual(notesOf(report), [
      'the application sends audio in WebSocket messages of several fragments [rule 3.4.4]',
    ]);
    assert.ok(report.framesPlayed > 0 && report.framesFragmented >= report.framesPlayed);
  });

  for (const [count, switched] of [
    [3072, taken({ '3.4.5': '3072' })],
    [1024, taken({ '3.4.5': '1024' })],
  ] as const) {
    rule('3.4.5', `${count} at once are not too much`, async () => {
      await using stage = await socketCall({ socket: flood(count, 640) }, switched);
      await stage.connection.frames.first((_, index) => index === 20);
      const { framesReceived, framesOverflowed, problems } = await stage.call.hangUp();
      assert.deepEqual([framesReceived, framesOverflowed, problems], [count, 0, []]);
    });

    rule('3.4.5', `of more than ${count} at once so many are kept`, async () => {
      // As some are played while others come, one more would not do.
      await using stage = await socketCall({ socket: flood(count + 400, 640) }, switched);
      await stage.connection.frames.first((_, index) => index === 20);
      const { longestQueueMs, framesOverflowed } = await stage.call.hangUp();
      assert.equal(longestQueueMs, count * 20);
      assert.ok(framesOverflowed > 0 && framesOverflowed <= 400, `${framesOverflowed}`);
    });
  }

  rule('3.4.6', 'what has no room is lost, and the rest is played', async () => {
    await using stage = await socketCall({ socket: flood(1500, 640) }, taken({ '3.4.6': 'dropped', '3.4.5': '1024' }));
    await stage.connection.frames.first((_, index) => index === 20);
    const report = await stage.call.hangUp();
    assert.deepEqual(report.problems, [
      'the application is more than 1024 frames ahead of what is played: what has no room is dropped [rule 3.4.6]',
    ]);
    assert.deepEqual(notesOf(report), [
      `${report.framesOverflowed} frames found no room in the play-out buffer [rule 3.4.6]`,
    ]);
    assert.equal(report.framesReceived, 1500);
    assert.ok(report.framesOverflowed > 0 && report.framesOverflowed <= 476, `${report.framesOverflowed}`);
    assert.deepEqual([report.closeCode, report.closedBy], [1000, 'caller']);
  });

  rule('3.4.6', 'taken the other way, the connection is closed', async () => {
    await using stage = await socketCall({ socket: flood(1500, 640) }, taken({ '3.4.6': 'closed', '3.4.5': '1024' }));
    const report = await stage.call.ended;
    assert.deepEqual(report.problems, [
      'the application is more than 1024 frames ahead of what is played: Vonage closes the connection [rule 3.4.6]',
    ]);
    assert.deepEqual([report.framesOverflowed, notesOf(report)], [1, []]);
    assert.equal((await stage.connection.closed).code, 1006);
  });

  rule('3.4.7', 'it is silent, as long as it was, and counted', async () => {
    await using stage = await socketCall({ socket: playTwiceWithAGap });
    await marked(stage.connection, 'second');
    const { gapCount, longestGapMs, framesPlayed } = await stage.call.hangUp();
    assert.deepEqual([gapCount, framesPlayed], [1, 40]);
    const { count, longestMs } = stage.call.heard.gaps();
    assert.deepEqual([count, longestMs], [1, longestGapMs]);
    assert.ok(longestGapMs >= 400 && longestGapMs < 5000, `${longestGapMs} ms`);
  });

  rule('3.4.7', 'an echo without gaps has none', async () => {
    await using stage = await socketCall({ socket: all(afterFrames(1, echo)) });
    await stage.connection.frames.first((_, index) => index === 50);
    const { problems, framesReceived } = await stage.call.hangUp();
    assert.deepEqual(problems, []);
    assert.ok(framesReceived > 0);
  });
});
