import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { readWav } from '../media/wav.ts';
import {
  type EchoApplication,
  type EchoApplicationOptions,
  type SeenRequest,
  sendJson,
  startEchoApplication,
} from '../testing/echo-application.ts';
import type { CallOptions } from './call-options.ts';
import type { CallReport } from './call-report.ts';
import { placeCall } from './place-call.ts';
import { placeCalls } from './place-calls.ts';

/** Places a call of half a second on an application that behaves as told. */
async function callTo(
  application: EchoApplicationOptions,
  call: Partial<CallOptions> = {},
): Promise<{ report: CallReport; seen: EchoApplication }> {
  await using seen = await startEchoApplication(application);
  const { answerUrl, eventUrl } = seen;
  return { report: await placeCall({ answerUrl, eventUrl, seconds: 0.5, ...call }), seen };
}

type Fields = Record<string, unknown>;

const statuses = (events: SeenRequest[]) => events.map(({ body }) => (body as Fields).status);

const INBOUND_AND_SOCKET = ['started', 'ringing', 'answered', 'started', 'answered', 'completed', 'completed'];

// At the same time, as most of them wait for audio to pass.
suite('a call', { concurrency: 12 }, () => {
  for (const [rate, bytes] of [
    [8000, 320],
    [16000, 640],
    [24000, 960],
  ] as const) {
    test(`a call at ${rate} Hz passes with an application that echoes`, async () => {
      const { report, seen } = await callTo({ endpoint: { 'content-type': `audio/l16;rate=${rate}` } });
      assert.deepEqual(report.problems, []);
      assert.equal(report.verdict, 'passed');
      assert.equal(report.sampleRateHz, rate);
      assert.equal(report.framesSent, 25);
      assert.equal(report.framesEchoed, 25);
      assert.deepEqual([...seen.frameBytes], [bytes]);
      assert.ok(report.roundTripMs && report.roundTripMs.p50 > 0 && report.roundTripMs.max < 500);
      assert.deepEqual([report.closeCode, report.closedBy], [1000, 'caller']);
      assert.deepEqual(seen.closeCodes, [1000]);
      assert.deepEqual(seen.texts, [
        { event: 'websocket:connected', 'content-type': `audio/l16;rate=${rate}`, leg: 'abc' },
      ]);
      assert.equal(seen.upgradeHeaders['sec-websocket-extensions'], undefined);
      assert.equal(seen.upgradeHeaders['sec-websocket-protocol'], undefined);
      assert.equal(seen.upgradeHeaders.authorization, undefined);
    });
  }

  test('the answer URL is asked by GET with the fields of a telephone call', async () => {
    const { seen, report } = await callTo({});
    const [question] = seen.answers;
    assert.equal(question?.method, 'GET');
    assert.deepEqual(question?.query, {
      to: '12025550123',
      endpoint_type: 'phone',
      from: '14155550177',
      conversation_uuid: report.conversationUuid,
      uuid: report.legUuid,
      region_url: 'https://api-us-3.vonage.com',
    });
    assert.match(report.conversationUuid, /^CON-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.match(report.legUuid, /^[0-9a-f]{32}$/);
    assert.match(report.socketLegUuid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test('the answer URL is asked by POST when told, with ids and numbers that are given', async () => {
    const ids = { conversationUuid: 'CON-1', legUuid: 'a', socketLegUuid: 'b' };
    const { seen } = await callTo({}, { answerMethod: 'POST', ids, from: '1', to: '2' });
    const [question] = seen.answers;
    assert.equal(question?.method, 'POST');
    assert.deepEqual(question?.body, {
      to: '2',
      endpoint_type: 'phone',
      from: '1',
      conversation_uuid: 'CON-1',
      uuid: 'a',
      region_url: 'https://api-us-3.vonage.com',
    });
    assert.deepEqual(statuses(seen.events), INBOUND_AND_SOCKET);
  });

  test('events tell of both legs in order, with the fields that Vonage sends', async () => {
    const { seen, report } = await callTo({});
    const events = seen.events.map((event) => event.body as Fields);
    assert.deepEqual(statuses(seen.events), INBOUND_AND_SOCKET);
    assert.ok(events.every((event) => event.conversation_uuid === report.conversationUuid));
    assert.ok(events.every((event) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(event.timestamp))));
    const legs = events.map((event) => [event.uuid, event.direction, event.to, event.headers]);
    const caller = [report.legUuid, 'inbound', '12025550123', {}];
    const socket = [report.socketLegUuid, 'outbound', report.socketUri, { leg: 'abc' }];
    assert.deepEqual(legs, [caller, caller, caller, socket, socket, socket, caller]);
    assert.deepEqual([events[2]?.start_time, events[2]?.rate, events[2]?.network], [null, null, null]);
    const { start_time, end_time, duration, rate, price, network, disconnected_by } = events[6] ?? {};
    assert.match(`${start_time} ${end_time}`, /^\S+\.000Z \S+\.000Z$/);
    assert.match(String(duration), /^\d+$/);
    assert.match(`${rate} ${price}`, /^\d+\.\d{8} \d+\.\d{8}$/);
    assert.deepEqual([network, disconnected_by], ['US-FIXED', 'user']);
    assert.deepEqual([report.eventsSent, report.eventsFailed], [7, 0]);
  });

  test("a connect action's eventUrl gets the events of the WebSocket leg, nested values as JSON text with GET", async () => {
    await using other = await startEchoApplication();
    const { seen, report } = await callTo({ connect: { eventUrl: [`${other.origin}/leg`], eventMethod: 'GET' } });
    assert.equal(report.verdict, 'passed');
    assert.deepEqual(statuses(seen.events), ['started', 'ringing', 'answered', 'completed']);
    const queries = other.events.map(({ query }) => query);
    assert.deepEqual(
      queries.map(({ status }) => status),
      ['started', 'answered', 'completed'],
    );
    assert.ok(other.events.every(({ method, path }) => method === 'GET' && path === '/leg'));
    assert.deepEqual(JSON.parse(queries[0]?.headers ?? ''), { leg: 'abc' });
  });

  test('a custom authorization goes out with the upgrade', async () => {
    const { seen } = await callTo({ endpoint: { authorization: { type: 'custom', value: 'Bearer made-up' } } });
    assert.equal(seen.upgradeHeaders.authorization, 'Bearer made-up');
  });

  test('a sample rate that is told takes the place of the NCCO’s, with a note', async () => {
    const { seen, report } = await callTo({}, { sampleRateHz: 8000 });
    assert.equal(report.verdict, 'passed');
    assert.equal(report.sampleRateHz, 8000);
    assert.deepEqual([...seen.frameBytes], [320]);
    assert.match(report.notes.join(), /8000 Hz as told, though the NCCO asks for 16000 Hz/);
  });

  test('keys are pressed at their time, and clear and notify are answered', async () => {
    const { seen, report } = await callTo(
      {
        onText(socket, text) {
          if (!text.includes('dtmf')) return;
          socket.send('{"action":"clear"}');
          socket.send('{"action":"notify","payload":{"mark":7}}');
        },
      },
      {
        dtmf: [
          { digit: '#', atMs: 9000 },
          { digit: '1', atMs: 100, durationMs: 240 },
        ],
      },
    );
    assert.equal(report.verdict, 'passed');
    assert.deepEqual(seen.texts.slice(1), [
      { event: 'websocket:dtmf', digit: '1', duration: 240 },
      { event: 'websocket:cleared' },
      { event: 'websocket:notify', payload: { mark: 7 } },
    ]);
    assert.deepEqual([report.textMessages, report.dtmfSent], [2, 1]);
    assert.match(report.notes.join(), /due after the last frame were not pressed: 1/);
  });

  test('what came back is written as a WAV file of the call’s rate', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'simulator-'));
    const out = join(directory, 'echo.wav');
    try {
      const { report } = await callTo(
        { onFrame: (socket, frame, index) => index % 5 > 0 && socket.send(frame) },
        { out },
      );
      const { samples, sampleRateHz } = readWav(await readFile(out));
      assert.equal(sampleRateHz, 16000);
      assert.equal(samples.length, report.framesEchoed * 320);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('dropped frames are missing', async () => {
    const { report } = await callTo({
      onFrame: (socket, frame, index) => index !== 15 && index !== 16 && socket.send(frame),
    });
    assert.deepEqual([report.verdict, report.framesEchoed, report.framesMissing], ['failed', 23, 2]);
    assert.deepEqual(report.problems, ['2 frames did not come back']);
  });

  test('one changed byte makes a frame altered', async () => {
    const { report } = await callTo({
      onFrame(socket, frame, index) {
        if (index === 15) frame[100] = (frame[100] ?? 0) ^ 1;
        socket.send(frame);
      },
    });
    assert.deepEqual([report.framesEchoed, report.framesAltered, report.framesMissing], [24, 1, 0]);
    assert.deepEqual(report.problems, ['1 frame came back altered']);
  });

  test('a message of another size is counted as one, and named as what would end the call', async () => {
    const { report } = await callTo({
      onFrame(socket, frame, index) {
        if (index === 3) socket.send(Buffer.alloc(1280));
        socket.send(frame);
      },
    });
    assert.deepEqual([report.verdict, report.framesWrongSize, report.framesEchoed], ['failed', 1, 25]);
    assert.match(report.problems.join(), /another size .* Vonage would close the call/);
  });

  test('text that comes back is counted and noted, and the frames still pass', async () => {
    const { report } = await callTo({ onText: (socket, text) => socket.send(text) });
    assert.deepEqual([report.verdict, report.textMessages], ['passed', 1]);
    assert.match(report.notes.join(), /text that is no command, first: \{"event":"websocket:connected"/);
  });

  test('an application that closes early ends the call, with a disconnected event', async () => {
    const { report, seen } = await callTo({
      onFrame(socket, frame, index) {
        socket.send(frame);
        if (index === 4) socket.close(4001, 'enough');
      },
    });
    assert.deepEqual([report.closeCode, report.closeReason, report.closedBy], [4001, 'enough', 'application']);
    assert.ok(report.framesSent < 25);
    assert.match(
      report.problems.join(),
      /the application closed the socket with 4001 \(enough\) after \d+ of 25 frames/,
    );
    assert.deepEqual(statuses(seen.events).slice(-3), ['disconnected', 'completed', 'completed']);
    const [disconnected, , completed] = seen.events.slice(-3).map(({ body }) => body as Fields);
    assert.equal(disconnected?.direction, undefined);
    assert.equal(completed?.disconnected_by, 'platform');
  });

  test('a connection that breaks is told from one that is closed', async () => {
    const { report } = await callTo({ onFrame: (socket) => socket.terminate() });
    assert.deepEqual([report.closeCode, report.closedBy], [1006, 'connection']);
    assert.match(report.problems.join(), /the connection broke with 1006/);
  });

  test('a refused upgrade is reported, and both legs end', async () => {
    const { report, seen } = await callTo({ refuseUpgrade: 403 });
    assert.equal(report.failureCode, 'SOCKET_REFUSED');
    assert.match(report.problems.join(), /answered the upgrade with status 403/);
    assert.deepEqual(statuses(seen.events), ['started', 'ringing', 'answered', 'started', 'unanswered', 'completed']);
  });

  test('an answer in text/html is no NCCO, and the application hears of it by an error event', async () => {
    const { report, seen } = await callTo({
      answer: (_, response, ncco) => response.writeHead(200, { 'content-type': 'text/html' }).end(JSON.stringify(ncco)),
    });
    assert.equal(report.failureCode, 'BAD_CONTENT_TYPE');
    assert.match(report.problems.join(), /content type is text\/html instead of application\/json/);
    assert.equal(seen.answers.length, 1);
    const [event] = seen.events.map(({ body }) => body as Fields);
    assert.deepEqual(Object.keys(event ?? {}).sort(), ['conversation_uuid', 'reason', 'timestamp']);
  });

  test('the complaints about a bad NCCO are the problems of the call', async () => {
    const { report } = await callTo({ endpoint: { 'content-type': 'audio/l16;rate=44100' } });
    assert.equal(report.failureCode, 'BAD_NCCO');
    assert.match(
      report.problems[1] ?? '',
      /^\[1\]\.endpoint\[0\]\.content-type: "audio\/l16;rate=44100" is not one of/,
    );
  });

  test('an answer that is not JSON is a bad NCCO', async () => {
    const answer: EchoApplicationOptions['answer'] = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('[');
    assert.equal((await callTo({ answer })).report.failureCode, 'BAD_NCCO');
  });

  for (const first of [429, 503, 504, 'reset'] as const) {
    test(`an answer of ${first} gets one more try`, async () => {
      let tries = 0;
      const { report, seen } = await callTo({
        answer(request, response, ncco) {
          tries++;
          if (tries > 1) sendJson(response, ncco);
          else if (first === 'reset') request.socket.destroy();
          else response.writeHead(first).end();
        },
      });
      assert.equal(report.verdict, 'passed');
      assert.equal(seen.answers.length, 2);
      assert.match(report.notes.join(), /asked twice/);
    });
  }

  test('a status that stays 503 is given up after two tries, a 500 after one', async () => {
    for (const [status, tries] of [
      [503, 2],
      [500, 1],
    ] as const) {
      const { report, seen } = await callTo({ answer: (_, response) => response.writeHead(status).end() });
      assert.equal(report.failureCode, 'BAD_STATUS');
      assert.match(report.problems.join(), new RegExp(`replied with status ${status} instead of 200`));
      assert.equal(seen.answers.length, tries);
    }
  });

  test('nothing that listens is a report, not an exception', async () => {
    const closed = await startEchoApplication();
    await closed[Symbol.asyncDispose]();
    const report = await placeCall({ answerUrl: closed.answerUrl, eventUrl: closed.eventUrl });
    assert.equal(report.failureCode, 'CONNECTION_REFUSED');
    assert.deepEqual(report.problems, [`nothing listens on ${closed.origin}`]);
  });

  test('events that are answered 500 fail the call, one try each', async () => {
    const { report, seen } = await callTo({ eventStatus: 500 });
    assert.deepEqual([report.verdict, report.eventsSent, report.eventsFailed], ['failed', 7, 7]);
    assert.equal(report.framesEchoed, 25);
    assert.equal(seen.events.length, 7);
    assert.match(report.problems[0] ?? '', /^the started event was answered with status 500$/);
  });

  test('events that are answered 503 get one more try', async () => {
    const { report, seen } = await callTo({ eventStatus: 503 });
    assert.equal(report.eventsFailed, 7);
    assert.equal(seen.events.length, 14);
  });

  test('an event that is answered with a JSON array is worth a note', async () => {
    const { report } = await callTo({ eventStatus: 200, eventBody: '[]' });
    assert.equal(report.verdict, 'passed');
    assert.match(report.notes[0] ?? '', /the started event was answered with a JSON array/);
  });

  test('a signal hangs up properly, and what was sent is still judged', async () => {
    const controller = new AbortController();
    const { report, seen } = await callTo(
      {
        onFrame(socket, frame, index) {
          socket.send(frame);
          if (index === 5) controller.abort();
        },
      },
      { seconds: 60, signal: controller.signal },
    );
    assert.deepEqual([report.aborted, report.verdict, report.framesMissing], [true, 'passed', 0]);
    assert.ok(report.framesSent >= 6 && report.framesSent < 3000);
    assert.deepEqual(seen.closeCodes, [1000]);
    assert.deepEqual(statuses(seen.events), INBOUND_AND_SOCKET);
    assert.match(report.notes.join(), /hung up early: \d+ of 3000 frames/);
  });

  test('calls that the signal hangs up pass by themselves and are aborted as a whole', async () => {
    const controller = new AbortController();
    await using application = await startEchoApplication({
      onFrame(socket, frame, index) {
        socket.send(frame);
        if (index === 5) controller.abort();
      },
    });
    const { answerUrl, eventUrl } = application;
    const { summary, calls } = await placeCalls({ answerUrl, eventUrl, seconds: 60, signal: controller.signal }, 2);
    assert.deepEqual([summary.verdict, summary.callsFailed], ['aborted', 0]);
    assert.ok(calls.every((call) => call.verdict === 'passed' && call.aborted));
  });

  test('a signal before the answer gives the call up', async () => {
    const controller = new AbortController();
    const { report } = await callTo({ answer: () => controller.abort() }, { signal: controller.signal });
    assert.deepEqual([report.verdict, report.failureCode, report.aborted], ['failed', 'HUNG_UP', true]);
  });

  test('only misuse throws', async () => {
    const good = { answerUrl: 'http://127.0.0.1:1', eventUrl: 'http://127.0.0.1:1' };
    await assert.rejects(placeCall({ ...good, answerUrl: 'nowhere' }), {
      name: 'TypeError',
      message: /^answerUrl: nowhere/,
    });
    await assert.rejects(placeCall({ ...good, seconds: 0 }), RangeError);
    await assert.rejects(placeCall({ ...good, sampleRateHz: 44100 as 8000 }), RangeError);
    await assert.rejects(placeCall({ ...good, phaseMs: 20 }), RangeError);
    await assert.rejects(placeCall({ ...good, dtmf: [{ digit: 'A', atMs: 0 }] }), RangeError);
    await assert.rejects(placeCalls(good, 0), RangeError);
  });

  test('twenty calls at once are counted apart and summed up', async () => {
    await using application = await startEchoApplication();
    const progress = { framesPlanned: 0, framesSent: 0 };
    const { answerUrl, eventUrl } = application;
    const { summary, calls } = await placeCalls({ answerUrl, eventUrl, seconds: 0.5, progress }, 20);
    assert.equal(summary.verdict, 'passed');
    assert.deepEqual([summary.calls, summary.callsFailed, summary.framesEchoed], [20, 0, 500]);
    assert.equal(new Set(calls.map((call) => call.conversationUuid)).size, 20);
    assert.deepEqual(progress, { framesPlanned: 500, framesSent: 500 });
    assert.equal(summary.worstRoundTripMs?.max, Math.max(...calls.map((call) => call.roundTripMs?.max ?? 0)));
  });

  test('one call of many that fails fails the whole, and does not hold up the others', async () => {
    let upgrades = 0;
    await using application = await startEchoApplication({
      onSocket(socket) {
        upgrades++;
        if (upgrades === 2) socket.close(1011);
      },
    });
    const { answerUrl, eventUrl } = application;
    const { summary, calls } = await placeCalls({ answerUrl, eventUrl, seconds: 0.3 }, 3);
    assert.deepEqual([summary.verdict, summary.callsFailed, summary.framesEchoed], ['failed', 1, 30]);
    assert.ok(calls.every((call) => call.durationMs < 1900));
  });

  test('the echo of the last frame is waited for three seconds', async () => {
    const { report } = await callTo({ onFrame: (socket, frame, index) => index !== 24 && socket.send(frame) });
    assert.deepEqual([report.framesEchoed, report.framesMissing, report.closedBy], [24, 1, 'caller']);
    assert.ok(report.durationMs > 3400 && report.durationMs < 4500, `${report.durationMs} ms`);
  });

  test('an upgrade that is not answered is given up after five seconds', async () => {
    const { report } = await callTo({ refuseUpgrade: 'silently' });
    assert.equal(report.failureCode, 'SOCKET_TIMEOUT');
    assert.match(report.problems.join(), /did not answer the upgrade within 5000 ms/);
  });
});
