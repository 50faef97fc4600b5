import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { strongestTone } from '../heard/analysis.ts';
import { readWav } from '../media/wav.ts';
import { type Application, type ApplicationOptions, startApplicationServer } from '../testing/application.ts';
import { afterFrames, all, close, echo, type SocketBehaviour, silent } from '../testing/socket-behaviours.ts';
import { toneRecording } from '../testing/tone.ts';
import type { CallReport } from './call-report.ts';
import { CallProgress, type PlaceCallOptions, placeCall } from './place-call.ts';
import { type PlaceCallsOptions, placeCalls } from './place-calls.ts';

/** Places a call of half a second on an application that behaves as told. */
async function callTo(
  options: ApplicationOptions = {},
  call: Partial<PlaceCallOptions> = {},
): Promise<{ report: CallReport; application: Application }> {
  await using application = await startApplicationServer(options);
  const { answerUrl, eventUrl } = application;
  return { report: await placeCall({ answerUrl, eventUrl, seconds: 0.5, ...call }), application };
}

async function callsTo(options: ApplicationOptions, calls: Partial<PlaceCallsOptions>, count: number) {
  await using application = await startApplicationServer(options);
  const { answerUrl, eventUrl } = application;
  return await placeCalls({ answerUrl, eventUrl, seconds: 0.5, ...calls }, count);
}

const statuses = ({ events }: CallReport) => events.map(({ name }) => name);
const INBOUND_AND_SOCKET = ['started', 'ringing', 'answered', 'started', 'answered', 'completed', 'completed'];

/** Does something with each frame; the index counts the frames of one socket. */
const onEachFrame =
  (handle: (send: (frame: Buffer) => void, frame: Buffer, index: number) => void): SocketBehaviour =>
  ({ socket }) => {
    let index = 0;
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) handle((frame) => socket.send(frame), data, index++);
    });
  };

async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'simulator-'));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

// At the same time, as most of them wait for audio to pass.
suite('placeCall', { concurrency: 8 }, () => {
  for (const rate of [8000, 16_000, 24_000] as const) {
    test(`a call at ${rate} Hz passes with an application that echoes`, async () => {
      const { report, application } = await callTo({ endpoint: { 'content-type': `audio/l16;rate=${rate}` } });
      assert.deepEqual(report.problems, []);
      assert.deepEqual([report.verdict, report.sampleRateHz], ['passed', rate]);
      assert.ok(report.framesSent >= 25 && report.framesSent < 500, `${report.framesSent} frames`);
      assert.equal(report.framesEchoed, report.framesSent);
      assert.ok(report.roundTripMs && report.roundTripMs.p50 > 0);
      assert.deepEqual([report.closeCode, report.closedBy], [1000, 'caller']);
      const [connection] = application.connections.all;
      assert.ok(connection?.frames.all.every(({ bytes }) => bytes === rate / 25));
      assert.equal((await connection?.closed)?.code, 1000);
      assert.deepEqual(statuses(report), INBOUND_AND_SOCKET);
      assert.deepEqual([report.eventsSent, report.eventsFailed, report.aborted], [7, 0, false]);
    });
  }

  test('the whole audio is said once unless told how long', async () => {
    const audio = toneRecording(440, 300, 16_000);
    const progress = new CallProgress();
    const { report } = await callTo({}, { audio, seconds: undefined as never, progress });
    assert.deepEqual([progress.framesPlanned, progress.framesSpoken], [15, 15]);
    assert.equal(report.verdict, 'passed');
  });

  test('the audio is repeated, or cut, to the length that is told', async () => {
    const audio = toneRecording(440, 300, 16_000);
    for (const [seconds, frames] of [
      [0.1, 5],
      [0.7, 35],
      [0.005, 1],
    ] as const) {
      const progress = new CallProgress();
      await callTo({}, { audio, seconds, progress });
      assert.deepEqual([progress.framesPlanned, progress.framesSpoken], [frames, frames]);
    }
  });

  test('keys are pressed at their time, and those that are due after the last frame are noted', async () => {
    const { report, application } = await callTo(
      {},
      {
        dtmf: [
          { digit: '#', atMs: 60_000 },
          { digit: '1', atMs: 100, durationMs: 240 },
        ],
      },
    );
    assert.equal(report.verdict, 'passed');
    const [connection] = application.connections.all;
    assert.deepEqual(
      connection?.texts.all.slice(1).map(({ message }) => message),
      [{ event: 'websocket:dtmf', digit: '1', duration: 240 }],
    );
    assert.equal(report.dtmfSent, 1);
    assert.match(report.notes.join(), /due after the last frame were not pressed: 1/);
  });

  test('what was heard is written as stereo WAV, and what came as mono WAV', () =>
    withDirectory(async (directory) => {
      const [out, received] = [join(directory, 'call.wav'), join(directory, 'received.wav')];
      const audio = toneRecording(440, 500, 16_000);
      const { report } = await callTo({}, { audio, out, received });
      const mono = readWav(await readFile(received));
      assert.equal(mono.samples.length, report.framesReceived * 320);
      const stereo = await readFile(out);
      assert.equal(stereo.readUInt16LE(22), 2);
      assert.equal(readWav(stereo).sampleRateHz, 16_000);
      const samples = Int16Array.from(mono.samples, (sample) => Math.round(sample * 32_767));
      assert.ok(Math.abs((strongestTone(samples, 16_000)?.hz ?? 0) - 440) < 5);
    }));

  test('a file that cannot be written is a problem, and the other one is written all the same', () =>
    withDirectory(async (directory) => {
      const out = join(directory, 'nowhere', 'call.wav');
      const received = join(directory, 'received.wav');
      const { report } = await callTo({}, { out, received });
      assert.equal(report.verdict, 'failed');
      assert.deepEqual(report.problems.length, 1);
      assert.match(report.problems[0] ?? '', /^cannot write \S+nowhere\/call\.wav: ENOENT/);
      assert.ok((await readFile(received)).length > 44);
    }));

  test('onCall is told of the call when it is over', async () => {
    let heardMs = 0;
    await callTo(
      {},
      {
        onCall: (call) => {
          heardMs = call.heard.durationMs;
        },
      },
    );
    assert.ok(heardMs >= 500, `${heardMs} ms`);
  });

  test('dropped frames are missing', async () => {
    const drop = onEachFrame((send, frame, index) => {
      if (index !== 15 && index !== 16) send(frame);
    });
    const { report } = await callTo({ socket: drop });
    assert.deepEqual([report.verdict, report.framesMissing], ['failed', 2]);
    assert.deepEqual(report.problems, ['2 frames did not come back']);
  });

  test('one changed byte makes a frame altered', async () => {
    const alter = onEachFrame((send, frame, index) => {
      if (index === 15) frame[100] = (frame[100] ?? 0) ^ 1;
      send(frame);
    });
    const { report } = await callTo({ socket: alter });
    assert.deepEqual([report.framesAltered, report.framesMissing], [1, 0]);
    assert.deepEqual(report.problems, ['1 frame came back altered']);
  });

  test('an application that does not echo passes where it is not expected to', async () => {
    const { report } = await callTo({ socket: silent }, { expectsEcho: false });
    assert.deepEqual([report.verdict, report.framesEchoed, report.expectsEcho], ['passed', 0, false]);
  });

  test('the echo of the last frame is waited for three seconds', async () => {
    const { report } = await callTo({ socket: silent });
    assert.equal(report.framesMissing, report.framesSent);
    assert.deepEqual([report.closedBy, report.verdict], ['caller', 'failed']);
    assert.ok(report.durationMs > 3400, `${report.durationMs} ms`);
  });

  test('an application that closes early fails a call that expects its echo, and is waited for no longer', async () => {
    const { report } = await callTo({ socket: all(echo, afterFrames(5, close(4001, 'enough'))) }, { seconds: 60 });
    assert.deepEqual([report.closeCode, report.closeReason, report.closedBy], [4001, 'enough', 'application']);
    assert.match(report.problems.join(), /the application closed the socket with 4001 \(enough\) after \d+ frames/);
    assert.deepEqual(statuses(report).slice(-3), ['disconnected', 'completed', 'completed']);
    assert.ok(report.durationMs < 30_000);
  });

  test('a signal ends the talking, and what was sent is still judged', async () => {
    const controller = new AbortController();
    const { report } = await callTo(
      {
        socket: all(
          echo,
          afterFrames(5, () => controller.abort()),
        ),
      },
      { seconds: 60, signal: controller.signal },
    );
    assert.deepEqual([report.aborted, report.verdict, report.framesMissing], [true, 'passed', 0]);
    assert.ok(report.framesSent >= 5 && report.framesSent < 2500);
    assert.deepEqual([report.closeCode, report.closedBy], [1000, 'caller']);
    assert.deepEqual(statuses(report), INBOUND_AND_SOCKET);
  });

  test('a signal before the answer gives the call up', async () => {
    const controller = new AbortController();
    const { report } = await callTo(
      {
        answer: () => {
          controller.abort();
          return 'no-reply';
        },
      },
      { signal: controller.signal },
    );
    assert.deepEqual([report.verdict, report.failureCode, report.aborted], ['failed', 'HUNG_UP', true]);
  });

  test('a signal that is aborted already asks nothing of the application', async () => {
    const { report, application } = await callTo({}, { signal: AbortSignal.abort() });
    assert.deepEqual([report.failureCode, report.aborted], ['HUNG_UP', true]);
    assert.equal(application.answers.all.length, 0);
  });

  test('nothing that listens is a report, not an exception', async () => {
    const closed = await startApplicationServer();
    await closed[Symbol.asyncDispose]();
    const report = await placeCall({ answerUrl: closed.answerUrl, eventUrl: closed.eventUrl });
    assert.equal(report.failureCode, 'CONNECTION_REFUSED');
    assert.match(report.problems.join(), new RegExp(`nothing listens on ${closed.origin}`));
  });

  test('only misuse throws', async () => {
    const good = { answerUrl: 'http://127.0.0.1:1', eventUrl: 'http://127.0.0.1:1' };
    await assert.rejects(placeCall({ ...good, answerUrl: 'nowhere' }), {
      name: 'TypeError',
      message: /^answerUrl: nowhere/,
    });
    await assert.rejects(placeCall({ ...good, seconds: 0 }), RangeError);
    await assert.rejects(placeCall({ ...good, sampleRateHz: 44_100 as 8000 }), RangeError);
    await assert.rejects(placeCall({ ...good, phaseMs: 20 }), RangeError);
    await assert.rejects(placeCall({ ...good, dtmf: [{ digit: 'A', atMs: 0 }] }), RangeError);
    await assert.rejects(placeCall({ ...good, dtmf: [{ digit: '1', atMs: -1 }] }), RangeError);
    await assert.rejects(placeCall({ ...good, to: '' }), TypeError);
    for (const count of [0, 1.5]) await assert.rejects(placeCalls(good, count), RangeError);
    await assert.rejects(placeCalls({ ...good, rampPerSecond: 0 }, 1), RangeError);
  });
});

suite('placeCalls', { concurrency: 4 }, () => {
  test('twenty calls at once are counted apart and summed up', async () => {
    const progress = new CallProgress();
    const { summary, calls } = await callsTo({}, { progress }, 20);
    assert.deepEqual(
      calls.flatMap(({ problems }) => problems),
      [],
    );
    assert.deepEqual([summary.verdict, summary.calls, summary.callsFailed], ['passed', 20, 0]);
    assert.equal(new Set(calls.map((call) => call.conversationUuid)).size, 20);
    assert.deepEqual([progress.framesPlanned, progress.framesSpoken], [500, 500]);
    assert.equal(
      summary.framesEchoed,
      calls.reduce((sum, { framesEchoed }) => sum + framesEchoed, 0),
    );
    assert.equal(summary.eventsSent, 140);
    assert.equal(summary.worstRoundTripMs?.max, Math.max(...calls.map((call) => call.roundTripMs?.max ?? 0)));
    assert.deepEqual([summary.voidReason, summary.eventsFailed], [null, 0]);
  });

  test('all begin to talk together, when the last is set up', async () => {
    let upgrades = 0;
    await using application = await startApplicationServer({
      // The last upgrade is answered late, but within the time that the others wait.
      upgrade: async (): Promise<'accept'> => {
        upgrades++;
        if (upgrades === 4) await new Promise((resolve) => setTimeout(resolve, 600));
        return 'accept';
      },
      keepAudio: true,
    });
    const { answerUrl, eventUrl } = application;
    const audio = toneRecording(440, 300, 16_000);
    const { summary } = await placeCalls({ answerUrl, eventUrl, audio }, 4);
    assert.equal(summary.verdict, 'passed');
    const firstSound = application.connections.all.map(({ frames }) => {
      return frames.all.find((frame) => frame.audio?.some((byte) => byte !== 0))?.atMs ?? assert.fail('no sound came');
    });
    const lastOpen = application.connections.all.at(-1)?.texts.all[0]?.atMs ?? Number.POSITIVE_INFINITY;
    assert.ok(Math.min(...firstSound) >= lastOpen - 20, 'a call began to talk before the last was there');
  });

  test('a ramp places them one after the other, and each talks at once', async () => {
    await using application = await startApplicationServer();
    const { answerUrl, eventUrl } = application;
    const { summary } = await placeCalls({ answerUrl, eventUrl, seconds: 0.2, rampPerSecond: 5 }, 3);
    assert.equal(summary.verdict, 'passed');
    const [first, , third] = application.answers.all.map(({ atMs }) => atMs);
    assert.ok(first !== undefined && third !== undefined && third - first >= 200, `${first} and ${third} ms`);
    assert.ok(((await application.connections.all[0]?.closed)?.atMs ?? 0) > 0);
  });

  test('ids and files are the first call’s', () =>
    withDirectory(async (directory) => {
      const ids = { conversationUuid: 'CON-first', legUuid: 'leg-first', socketLegUuid: 'socket-first' };
      const out = join(directory, 'first.wav');
      let told = 0;
      const { calls } = await callsTo({}, { ids, out, onCall: () => told++ }, 3);
      assert.deepEqual([calls[0]?.conversationUuid, calls[0]?.socketLegUuid], ['CON-first', 'socket-first']);
      assert.notEqual(calls[1]?.conversationUuid, 'CON-first');
      assert.ok((await readFile(out)).length > 44);
      assert.equal(told, 1);
    }));

  test('one call of many that fails fails the whole, and does not hold up the others', async () => {
    let connections = 0;
    const { summary, calls } = await callsTo(
      {
        socket: (connection) => {
          connections++;
          if (connections === 2) connection.socket.close(1011);
          else echo(connection);
        },
      },
      { seconds: 0.3 },
      3,
    );
    assert.deepEqual([summary.verdict, summary.callsFailed], ['failed', 1]);
    assert.ok(calls.every((call) => call.durationMs < 30_000));
    assert.equal(calls.filter(({ closedBy }) => closedBy === 'caller').length, 2);
  });

  test('calls that the signal hangs up pass by themselves and are aborted as a whole', async () => {
    const controller = new AbortController();
    const { summary, calls } = await callsTo(
      {
        socket: all(
          echo,
          afterFrames(5, () => controller.abort()),
        ),
      },
      { seconds: 60, signal: controller.signal },
      2,
    );
    assert.deepEqual([summary.verdict, summary.callsFailed], ['aborted', 0]);
    assert.ok(calls.every((call) => call.verdict === 'passed' && call.aborted));
  });

  test('calls whose turn has not come when the signal is aborted are not placed', async () => {
    const controller = new AbortController();
    const { summary, calls } = await callsTo(
      {
        socket: all(
          echo,
          afterFrames(5, () => controller.abort()),
        ),
      },
      { seconds: 60, signal: controller.signal, rampPerSecond: 0.05 },
      3,
    );
    assert.deepEqual([summary.verdict, summary.calls, calls.length], ['aborted', 1, 1]);
  });
});

// Alone, as it makes every call of this process late.
suite('a process that is late', () => {
  /** Blocks the event loop for 30 ms with each third frame that comes. */
  const late = (): Partial<PlaceCallsOptions> => {
    let frames = 0;
    return {
      onFrame: () => {
        frames++;
        const endMs = performance.now() + 30;
        if (frames % 3 === 0) while (performance.now() < endMs);
      },
    };
  };

  test('is noted, and fails nothing unless told otherwise', async () => {
    const { summary, calls } = await callsTo({}, late(), 1);
    assert.equal(summary.verdict, 'passed');
    assert.match(calls[0]?.notes.join() ?? '', /this process itself was late with its frames/);
    assert.ok((summary.worstOwnLatenessMs?.p99 ?? 0) > 10);
  });

  test('makes the run void where it is told to', async () => {
    const { summary } = await callsTo({}, { ...late(), voidWhenLate: true }, 2);
    assert.equal(summary.verdict, 'void');
    assert.match(summary.voidReason ?? '', /^this process was late itself: in \d of 2 calls .* more than 10 ms late$/);
  });
});
