import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import type { CallReport } from './call/call-report.ts';
import { Simulator } from './simulator.ts';
import { startApplicationServer } from './testing/application.ts';
import { callWith, socketOf, until } from './testing/ncco-call.ts';
import { afterFrames, all, echo, send } from './testing/socket-behaviours.ts';
import { toneRecording } from './testing/tone.ts';

const connected = (application: Parameters<typeof socketOf>[0]) => [
  { action: 'talk', text: 'Hello' },
  { action: 'connect', endpoint: [socketOf(application)] },
];

suite('Simulator', { concurrency: 8 }, () => {
  test('a call hangs up at the end of its block, and all calls at the end of the simulator’s', async () => {
    await using application = await startApplicationServer();
    const { answerUrl, eventUrl } = application;
    const ended: Promise<CallReport>[] = [];
    {
      await using simulator = await Simulator.start({ answerUrl, eventUrl });
      {
        await using call = await simulator.call();
        assert.equal(await call.connected(), true);
        ended.push(call.ended);
      }
      assert.equal((await application.connections.all[0]?.closed)?.code, 1000);
      const [one, two] = [await simulator.call(), simulator.begin()];
      assert.equal(await one.connected(), true);
      ended.push(one.ended, two.ended);
    }
    const [first, second, third] = await Promise.all(ended);
    assert.deepEqual([first?.verdict, first?.problems], ['passed', []]);
    assert.equal(second?.verdict, 'passed');
    assert.ok(third?.failureCode === 'HUNG_UP' || third?.verdict === 'passed');
  });

  test('events of a call are told with their types, until the listener goes', async () => {
    await using application = await startApplicationServer({
      answer: (_, server) => connected(server),
      socket: all(echo, send('hello')),
    });
    const { answerUrl, eventUrl } = application;
    await using simulator = await Simulator.start({
      answerUrl,
      eventUrl,
      talkCharactersPerSecond: Number.POSITIVE_INFINITY,
    });
    const call = simulator.begin();
    const told: string[] = [];
    call.on('action', ({ index, action }) => told.push(`action ${index} ${action.action}`));
    call.on('socketOpen', ({ legUuid, uri }) => told.push(`open ${legUuid} ${uri}`));
    call.on('socketClosed', ({ legUuid, code }) => told.push(`closed ${legUuid} ${code}`));
    call.on('text', ({ text }) => told.push(`text ${text}`));
    call.on('event', ({ name }) => told.push(`event ${name}`));
    call.on('ended', ({ verdict }) => told.push(`ended ${verdict}`));
    const stop = call.on('timeline', () => told.push('never'));
    stop();
    let lines = 0;
    call.on('timeline', () => lines++);
    assert.equal(await call.connected(), true);
    await until('the text has come', () => told.includes('text hello'));
    const report = await call.hangUp();
    const { socketLegUuid } = call.ids;
    assert.deepEqual(
      told.filter((what) => !what.startsWith('event ')),
      [
        'action 0 talk',
        'action 1 connect',
        `open ${socketLegUuid} ${application.socketUri}`,
        'text hello',
        `closed ${socketLegUuid} 1000`,
        'ended passed',
      ],
    );
    assert.equal(told.filter((what) => what.startsWith('event ')).length, report.events.length);
    assert.equal(lines, report.timeline.length);
    assert.deepEqual(call.events, report.events);
  });

  test('connected is false of a call without a socket, or whose socket cannot be opened', async () => {
    await using without = await callWith([{ action: 'talk', text: 'Goodbye' }]);
    assert.equal(await without.call.connected(), false);
    await using refused = await callWith((application) => connected(application), {
      application: { upgrade: { status: 404 } },
    });
    assert.equal(await refused.call.connected(), false);
  });

  test('a call that is not answered is over when it is handed back', async () => {
    await using stage = await callWith([], { application: { answer: { status: 500 } } });
    const report = await stage.call.ended;
    assert.deepEqual([report.failureCode, report.legUuid], ['BAD_STATUS', stage.call.ids.legUuid]);
  });

  test('hanging up twice is the same as once', async () => {
    await using stage = await callWith(connected);
    await stage.call.connected();
    const [first, second] = await Promise.all([stage.call.hangUp(), stage.call.hangUp()]);
    assert.equal(first, second);
    assert.equal(await stage.call.hangUp(), first);
    assert.equal(first.events.filter(({ name }) => name === 'completed').length, 2);
  });

  test('what is asked of a call that is over does nothing', async () => {
    await using stage = await callWith(connected);
    const { call } = stage;
    await call.connected();
    const report = await call.hangUp();
    const before = report.timeline.length;
    await call.say(toneRecording(440, 500, 16_000));
    call.sayWords('hello');
    await call.press('123');
    await call.wait(60_000);
    await call.cutNetwork(60_000);
    call.resetNetwork();
    assert.equal(call.timeline.length, before);
    assert.equal(await call.ended, report);
  });

  test('what is said resolves when it was said, one after the other, and is cut off by the end of the call', async () => {
    await using stage = await callWith(connected);
    const { call } = stage;
    await call.connected();
    const atMs = call.heard.durationMs;
    await Promise.all([call.say(toneRecording(500, 200, 16_000)), call.say(toneRecording(900, 200, 16_000))]);
    assert.ok(call.heard.durationMs - atMs >= 380, `${call.heard.durationMs - atMs} ms`);
    const long = call.say(toneRecording(500, 60_000, 16_000));
    await call.wait(100);
    await call.hangUp();
    await long;
  });

  test('press refuses what is no key', async () => {
    await using stage = await callWith(connected);
    await assert.rejects(stage.call.press('1A'), RangeError);
    await assert.rejects(stage.call.press(''), RangeError);
  });

  test('a signal hangs up', async () => {
    const controller = new AbortController();
    await using stage = await callWith(connected, { call: { signal: controller.signal } });
    await stage.call.connected();
    controller.abort();
    const report = await stage.call.ended;
    assert.deepEqual([report.aborted, report.events.at(-1)?.body.disconnected_by], [true, 'user']);
  });

  test('a connection that the network breaks is told of as disconnected', async () => {
    await using stage = await callWith(connected);
    await stage.call.connected();
    stage.call.resetNetwork();
    const report = await stage.call.ended;
    assert.deepEqual([report.closedBy, report.closeCode], ['connection', 1006]);
    assert.ok(report.events.some(({ name }) => name === 'disconnected'));
  });

  test('what is held while the network is cut comes at once afterwards', async () => {
    await using stage = await callWith(connected);
    await stage.call.connected();
    const [connection] = stage.application.connections.all;
    assert.ok(connection);
    await connection.frames.first();
    const cut = stage.call.cutNetwork(1500);
    // What was under way before may still come.
    await stage.call.wait(300);
    const before = connection.frames.all.length;
    await stage.call.wait(300);
    assert.equal(connection.frames.all.length, before);
    await cut;
    await connection.frames.first((_, index) => index >= before + 15);
  });

  test('a caller who is unknown, calls of other kinds and fields of one’s own are in the question', async () => {
    await using stage = await callWith([], {
      call: { from: null, endpointType: 'sip', answerFields: { 'SipHeader_X-Tenant': '7' } },
    });
    const { query } = await stage.application.answers.first();
    assert.deepEqual([query.from, query.endpoint_type, query['SipHeader_X-Tenant']], [undefined, 'sip', '7']);
    await using other = await callWith([], { call: { answerFields: { from_user: 'agent-seven' } } });
    const asked = await other.application.answers.first();
    assert.deepEqual(
      [asked.query.from, asked.query.from_user, asked.query.endpoint_type],
      [undefined, 'agent-seven', 'app'],
    );
  });

  test('options that make no simulator and no call are refused', async () => {
    const good = { answerUrl: 'http://127.0.0.1:1/answer' };
    await assert.rejects(Simulator.start({ answerUrl: 'somewhere' }), /^TypeError: answerUrl: somewhere/);
    await assert.rejects(Simulator.start({ ...good, eventUrl: 'ftp://a' }), TypeError);
    await assert.rejects(Simulator.start({ ...good, talkCharactersPerSecond: 0 }), RangeError);
    await assert.rejects(Simulator.start({ ...good, limits: { answerMs: 999 } }), RangeError);
    await using simulator = await Simulator.start(good);
    await assert.rejects(simulator.call({ phaseMs: 20 }), RangeError);
    assert.throws(() => simulator.begin({ to: '' }), TypeError);
    assert.equal(simulator.restUrl, undefined);
  });

  test('a new NCCO in the reply to disconnected has its actions told of too', async () => {
    await using stage = await callWith(connected, {
      application: {
        socket: afterFrames(2, ({ socket }) => socket.close()),
        events: ({ fields }) =>
          fields.status === 'disconnected' ? [{ action: 'wait', timeout: 0.1 }] : { status: 204 },
      },
    });
    const actions: string[] = [];
    stage.call.on('action', ({ action }) => actions.push(action.action));
    await stage.call.ended;
    assert.equal(actions.at(-1), 'wait');
  });
});

/** A process of its own that does this with a simulator, and then has nothing left to do. */
async function run(answerUrl: string, body: string): Promise<{ code: number | null; output: string; ms: number }> {
  const script = `
    import { Simulator } from ${JSON.stringify(new URL('./simulator.ts', import.meta.url).href)};
    const answerUrl = ${JSON.stringify(answerUrl)};
    ${body}
    console.log('done');
  `;
  const startMs = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let doneMs = startMs;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    doneMs = performance.now();
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk));
  const limit = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(limit);
  return { code, output, ms: performance.now() - doneMs };
}

suite('nothing is left behind', { concurrency: 2 }, () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  for (const [what, body] of [
    [
      'a call to a socket, with REST at hand',
      `const rest = { publicKey: ${JSON.stringify(pem)}, applicationId: 'a' };
       {
         await using simulator = await Simulator.start({ answerUrl, rest });
         await using call = await simulator.call();
         await call.connected();
         call.sayWords('hello');
         void call.wait(60_000);
         void call.press('1', { durationMs: 10_000 });
       }`,
    ],
    [
      'a call that is hung up while it waits for a key, a stand-in and a room',
      `{
         const standIns = { phone: { does: 'answers', ringMs: 60_000 } };
         await using simulator = await Simulator.start({ answerUrl: answerUrl + '?busy', standIns });
         const calls = ['input', 'phone', 'room', 'stream'].map((to) => simulator.begin({ to }));
         await Promise.all(calls.map((call) => call.answered));
         await calls[0].wait(300);
       }`,
    ],
    [
      'a call that ended, though the simulator was never let go of',
      `const simulator = await Simulator.start({ answerUrl });
       const call = await simulator.call();
       await call.connected();
       await call.hangUp();`,
    ],
  ] as const) {
    test(`a process ends by itself after ${what}`, async () => {
      await using application = await startApplicationServer({
        answer: ({ query }, { ncco, audioUrl }) => {
          if (query.to === 'input') return [{ action: 'input', type: ['dtmf', 'speech'] }];
          if (query.to === 'phone')
            return [{ action: 'connect', endpoint: [{ type: 'phone', number: '12025550188' }] }];
          if (query.to === 'room') return [{ action: 'conversation', name: 'room' }];
          if (query.to === 'stream') return [{ action: 'stream', streamUrl: [audioUrl], loop: 0 }];
          return ncco;
        },
      });
      const { code, output, ms } = await run(application.answerUrl, body);
      assert.equal(output.trim(), 'done');
      assert.equal(code, 0);
      assert.ok(ms < 8000, `it lived on for ${ms} ms`);
    });
  }
});
