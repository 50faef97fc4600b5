import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { CallReport } from '../call/call-report.ts';
import type { ApplicationOptions, UpgradeAnswer } from '../testing/application.ts';
import { callWith, type NccoCall, until } from '../testing/ncco-call.ts';
import {
  afterFrames,
  all,
  close,
  echo,
  echoInFragments,
  echoText,
  flood,
  play,
  resize,
  type SocketBehaviour,
  send,
  silent,
  terminate,
} from '../testing/socket-behaviours.ts';
import { notesOf, socketCall, taken, textsOf } from '../testing/socket-call.ts';
import { toneFrames } from '../testing/tone.ts';
import { toneWav } from '../testing/tone-samples.ts';

/** Sends the first 44 bytes of a WAV file, and the rest in frames: as who reads the file, and forgets its header. */
const wavHeader = play([toneWav(440, 200, 16_000).subarray(0, 44), ...toneFrames(440, 200, 16_000)]);

/** A call to an application that closes the connection, or at which it is closed. */
async function endedBy(application: ApplicationOptions, expectsEcho = false): Promise<CallReport> {
  await using stage = await socketCall(application, { expectsEcho });
  return await stage.call.ended;
}

/** So many frames of a call to an application whose socket stays open. */
async function reportOn(socket: SocketBehaviour, frames: number, options = {}): Promise<CallReport> {
  await using stage = await socketCall({ socket }, options);
  await stage.connection.frames.first((_, index) => index === frames);
  return await stage.call.hangUp();
}

/** A call to an application that opens no socket. */
async function refused(upgrade: UpgradeAnswer): Promise<{ report: CallReport; uri: string }> {
  await using stage: NccoCall = await callWith(({ ncco }) => ncco, { application: { upgrade } });
  return { report: await stage.call.ended, uri: stage.application.socketUri };
}

const wrongSize = (bytes: number): string =>
  `the application sent a binary message of ${bytes} bytes; one frame at 16000 Hz has 640: ` +
  'Vonage closes the connection, which the application sees as 1006 [rule 3.4.2]';

suite('an application whose socket misbehaves', { concurrency: 8 }, () => {
  for (const [what, bytes, socket] of [
    ['a frame of 8 kHz on a socket of 16 kHz', 320, resize(320)],
    ['two frames in one message', 1280, resize(1280)],
    ['half a sample too much', 641, resize(641)],
    ['the header of a WAV file', 44, wavHeader],
    ['a whole WAV file in one message', 6444, play([toneWav(440, 200, 16_000)])],
    ['a binary message with nothing in it', 0, resize(0)],
  ] as const) {
    test(`sends ${what}`, async () => {
      await using stage = await socketCall({ socket }, { expectsEcho: true });
      const report = await stage.call.ended;
      // And nothing else: the frames that were under way are lost with the connection.
      assert.deepEqual(report.problems, [wrongSize(bytes)]);
      assert.deepEqual([report.framesWrongSize, report.framesReceived, report.closedBy], [1, 0, 'platform']);
      assert.equal((await stage.connection.closed).code, 1006);
    });
  }

  test('sends a message of more than a megabyte', async () => {
    const { problems } = await endedBy({ socket: play([Buffer.alloc(1_048_577)]) });
    assert.equal(problems[0], 'the socket broke: the application sent a message of more than 1048576 bytes');
  });

  test('floods: 80 s of audio at once, of which a minute is kept', async () => {
    const report = await reportOn(flood(4000, 640), 20, taken({ '3.4.6': 'dropped' }));
    assert.deepEqual(report.problems, [
      'the application is more than 3072 frames ahead of what is played: what has no room is dropped [rule 3.4.6]',
    ]);
    assert.deepEqual([report.framesReceived, report.longestQueueMs], [4000, 61_440]);
    assert.deepEqual(notesOf(report), [
      `${report.framesOverflowed} frames found no room in the play-out buffer [rule 3.4.6]`,
    ]);
  });

  test('floods, and the rule is taken so that the connection is closed', async () => {
    await using stage = await socketCall({ socket: flood(4000, 640) }, taken({ '3.4.6': 'closed' }));
    const { problems, framesOverflowed, closedBy } = await stage.call.ended;
    assert.deepEqual(problems, [
      'the application is more than 3072 frames ahead of what is played: Vonage closes the connection [rule 3.4.6]',
    ]);
    assert.deepEqual([framesOverflowed, closedBy], [1, 'platform']);
    assert.equal((await stage.connection.closed).code, 1006);
  });

  test('floods for as long as the call lasts, and fills no memory', async () => {
    const flooding: SocketBehaviour = (connection) =>
      connection.socket.on('message', () => flood(2000, 640)(connection));
    const report = await reportOn(flooding, 30);
    assert.ok(report.framesReceived > 10_000, `${report.framesReceived}`);
    assert.equal(report.longestQueueMs, 61_440);
    assert.equal(report.problems.length, 1);
  });

  test('talks without an end in texts that are no commands', async () => {
    const texts: SocketBehaviour = ({ socket }) => {
      for (let k = 0; k < 5000; k++) socket.send(`{"transcript":"word ${k}"}`);
    };
    const report = await reportOn(texts, 20);
    assert.deepEqual([report.problems, report.textMessages], [[], 5000]);
    assert.deepEqual(notesOf(report), [
      'the application sent text that is no command: {"transcript":"word 0"} [rule 3.5.6]',
    ]);
    assert.ok(report.timeline.length <= 2501, `${report.timeline.length} lines`);
    assert.match(report.timeline[2000]?.text ?? '', /^… 3\d{3} lines left out$/);
  });

  test('sends its echo in fragments', async () => {
    await using stage = await socketCall({ socket: echoInFragments(2) }, taken({ '3.4.4': 'ignored' }));
    await stage.connection.frames.first((_, index) => index === 20);
    const { problems, framesPlayed } = await stage.call.hangUp();
    assert.deepEqual(problems, [
      'the application sent audio in a WebSocket message of several fragments: it is not played [rule 3.4.4]',
    ]);
    assert.equal(framesPlayed, 0);
  });

  test('sends its echo in fragments, and the rule is taken so that they are joined', async () => {
    const report = await reportOn(echoInFragments(2), 20, taken({ '3.4.4': 'joined' }));
    assert.deepEqual(report.problems, []);
    assert.ok(report.framesPlayed > 0);
  });

  test('is silent, and no echo is expected', async () => {
    await using stage = await socketCall({ socket: silent });
    await stage.connection.frames.first((_, index) => index === 60);
    const report = await stage.call.hangUp();
    assert.deepEqual([report.verdict, report.framesReceived], ['passed', 0]);
    assert.ok(stage.call.heard.heardPresence().every((heard) => heard === 0));
    assert.deepEqual(notesOf(report), [
      `the application sent nothing at all, while it was sent ${report.framesSent} frames`,
    ]);
  });

  test('is silent, and an echo is expected', async () => {
    const report = await reportOn(silent, 20, { expectsEcho: true });
    assert.deepEqual(report.problems, [`${report.framesSent} frames did not come back`]);
  });

  test('echoes text', async () => {
    await using stage = await socketCall({ socket: all(echo, echoText) });
    await until('it is back', () => stage.call.timeline.some(({ kind }) => kind === 'text'));
    const report = await stage.call.hangUp();
    assert.equal(report.verdict, 'passed');
    const first = textsOf(stage.connection)[0];
    assert.deepEqual(notesOf(report), [`the application sends Vonage's own text message back: ${first} [rule 3.5.7]`]);
  });

  test('has an action after its connect', async () => {
    await using stage = await callWith(({ ncco }) => [...ncco, { action: 'talk', text: 'You are connected' }], {
      application: { socket: silent },
    });
    await stage.call.connected();
    const report = await stage.call.hangUp();
    assert.equal(report.verdict, 'passed');
    assert.match(notesOf(report).join(), /^\[1\]: comes after the websocket connect, so it /);
  });

  test('sends JSON that is no command', async () => {
    const report = await reportOn(send({ type: 'audio.delta', delta: 'AAAA' }), 5);
    assert.equal(report.verdict, 'passed');
    assert.deepEqual(notesOf(report), [
      'the application sent text that is no command: {"type":"audio.delta","delta":"AAAA"} [rule 3.5.6]',
    ]);
  });

  test('speaks before the first message has come, which is no fault', async () => {
    const report = await reportOn(play(toneFrames(1000, 200, 16_000)), 30);
    assert.deepEqual([report.verdict, report.framesPlayed], ['passed', 10]);
  });

  for (const [code, reason, shown] of [
    [1000, '', '1000'],
    [1001, 'restart', '1001 (restart)'],
    [1008, 'there is no such handler', '1008 (there is no such handler)'],
    [1011, '', '1011'],
    [4000, 'no credit', '4000 (no credit)'],
  ] as const) {
    // By these codes the application itself says that something went wrong: nobody means that.
    const isFault = code === 1008 || code === 1011;
    test(`closes the socket with ${shown}`, async () => {
      const socket = afterFrames(3, close(code, reason));
      const asAnEcho = await endedBy({ socket }, true);
      assert.deepEqual([asAnEcho.closeCode, asAnEcho.closeReason], [code, reason]);
      const sentence = (report: CallReport) =>
        `the application closed the socket with ${shown} after ${report.framesSent} frames [rule 3.6.2]`;
      assert.equal(asAnEcho.problems.at(-1), sentence(asAnEcho));
      const otherwise = await endedBy({ socket });
      const told = [sentence(otherwise)];
      assert.deepEqual([otherwise.problems, notesOf(otherwise)], isFault ? [told, []] : [[], told]);
      assert.equal(otherwise.verdict, isFault ? 'failed' : 'passed');
    });
  }

  test('closes the socket without a code', async () => {
    const report = await endedBy({ socket: afterFrames(3, ({ socket }) => socket.close()) });
    assert.deepEqual([report.closeCode, report.closedBy], [1005, 'application']);
  });

  test('cuts the connection', async () => {
    const report = await endedBy({ socket: afterFrames(3, terminate) });
    assert.deepEqual(report.problems, [
      `the connection broke with 1006 after ${report.framesSent} frames [rule 3.6.2]`,
    ]);
  });

  for (const status of [200, 301, 401, 404, 503]) {
    test(`answers the upgrade with ${status}`, async () => {
      const { report, uri } = await refused({ status, headers: { location: '/elsewhere' } });
      assert.deepEqual(report.problems, [`${uri} answered the upgrade with status ${status} [rule 3.6.4]`]);
      assert.deepEqual([report.failureCode, report.framesSent], ['SOCKET_REFUSED', 0]);
    });
  }

  test('answers no upgrade', async () => {
    const { report, uri } = await refused('no-reply');
    assert.deepEqual(report.problems, [`${uri} did not answer the upgrade within 5000 ms [rule 3.6.4]`]);
    assert.equal(report.failureCode, 'SOCKET_TIMEOUT');
  });

  test('closes the connection at the upgrade', async () => {
    const { report, uri } = await refused('hang-up');
    assert.deepEqual(report.problems, [`cannot open ${uri}: socket hang up [rule 3.6.4]`]);
    assert.equal(report.failureCode, 'SOCKET_UNREACHABLE');
  });
});
