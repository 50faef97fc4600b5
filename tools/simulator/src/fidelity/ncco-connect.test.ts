import assert from 'node:assert/strict';
import { suite } from 'node:test';
import type { CallReport } from '../call/call-report.ts';
import type { StandIn } from '../legs/stand-in.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import {
  callWith,
  event,
  hearsTone,
  line,
  type NccoCallOptions,
  shareOf,
  socketOf,
  until,
} from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import { pcmOf } from '../testing/signals.ts';
import { afterFrames, close, play, silent } from '../testing/socket-behaviours.ts';
import { toneFrames, toneRecording } from '../testing/tone.ts';
import { toneWav } from '../testing/tone-samples.ts';

const PHONE = { type: 'phone', number: '12025550188' };
const FROM = '12025550123';

const connect = (endpoint: object, more: object = {}) => ({
  action: 'connect',
  from: FROM,
  endpoint: [endpoint],
  ...more,
});

/** A call to a telephone whose stand-in behaves so, and to nothing else; the leg's events have their own address. */
async function callStandIn(standIn: StandIn, more: object = {}, options: NccoCallOptions = {}) {
  return callWith(
    (application) => [
      connect(PHONE, { eventUrl: [`${application.origin}/webhooks/leg`], ...more }),
      { action: 'talk', text: 'Next' },
    ],
    { ...options, simulator: { standIns: { phone: standIn }, ...options.simulator } },
  );
}

/** Name and detail of what was told of the leg that was called. */
const ofLeg = (report: CallReport): unknown[] =>
  report.events
    .filter(({ url }) => url.endsWith('/leg'))
    .map(({ name, body }) => (body.detail === undefined ? name : [name, body.detail]));

suite('connect', { concurrency: 8 }, () => {
  rule(
    '2.5.9',
    'a stand-in that answers holds the call until it hangs up, and the next action runs at once',
    async () => {
      await using stage = await callStandIn(
        { does: 'answers', ringMs: 20, hangsUpAfterMs: 500 },
        {},
        {
          simulator: {
            standIns: { phone: { does: 'answers', ringMs: 20, hangsUpAfterMs: 500 } },
            rules: new RuleSettings({ '2.5.9': 'at-once' }),
          },
        },
      );
      const report = await stage.call.ended;
      assert.deepEqual(ofLeg(report), ['started', 'ringing', 'answered', 'completed']);
      const next = await line(stage.call, /^talk: “Next”$/);
      const completed = report.events.find(({ url, name }) => url.endsWith('/leg') && name === 'completed');
      assert.ok(completed && completed.atMs - next.atMs >= 450, `${completed?.atMs} and ${next.atMs} ms`);
      assert.equal(completed.body.disconnected_by, 'user');
      assert.equal(report.events.at(-1)?.body.disconnected_by, 'platform');
      assert.deepEqual([report.verdict, report.socketUri], ['passed', null]);
    },
  );

  rule('2.5.9', 'afterwards: the next action waits until the leg is over', async () => {
    await using stage = await callStandIn(
      { does: 'answers', ringMs: 20, hangsUpAfterMs: 300 },
      {},
      {
        simulator: {
          standIns: { phone: { does: 'answers', ringMs: 20, hangsUpAfterMs: 300 } },
          rules: new RuleSettings({ '2.5.9': 'afterwards' }),
        },
      },
    );
    const report = await stage.call.ended;
    const next = await line(stage.call, /^talk: “Next”$/);
    const completed = report.events.find(({ url, name }) => url.endsWith('/leg') && name === 'completed');
    assert.ok(completed && next.atMs >= completed.atMs);
  });

  rule('2.5.17', 'a leg to a telephone tells who called whom', async () => {
    await using stage = await callStandIn({ does: 'answers', ringMs: 20, hangsUpAfterMs: 20 });
    const report = await stage.call.ended;
    const [started] = report.events.filter(({ url }) => url.endsWith('/leg'));
    assert.deepEqual([started?.body.from, started?.body.to], [FROM, '12025550188']);
    assert.deepEqual([started?.body.direction, started?.body.headers], ['outbound', {}]);
    assert.notEqual(started?.body.uuid, stage.call.ids.legUuid);
    assert.equal(started?.body.conversation_uuid, stage.call.ids.conversationUuid);
  });

  for (const [does, states] of [
    ['busy', ['started', 'ringing', 'busy']],
    ['rejects', ['started', 'ringing', ['rejected', 'declined']]],
    ['unavailable', ['started', ['unanswered', 'unavailable']]],
    ['fails', ['started', ['failed', 'cannot_route']]],
  ] as const) {
    rule('4.2.4', `a stand-in that ${does} is told of, and the next action follows`, async () => {
      await using stage = await callStandIn({ does, ringMs: 20 });
      const report = await stage.call.ended;
      assert.deepEqual(ofLeg(report), states);
      assert.ok(report.timeline.some(({ text }) => text === 'talk: “Next”'));
      assert.equal(report.verdict, 'passed');
    });
  }

  rule('2.5.4', 'nobody answers within the timeout', async () => {
    await using stage = await callStandIn({ does: 'no-answer' }, { timeout: 3 });
    const report = await stage.call.ended;
    assert.deepEqual(ofLeg(report), ['started', 'ringing', 'timeout']);
    const [, ringing, timeout] = report.events.filter(({ url }) => url.endsWith('/leg'));
    assert.ok(ringing && timeout && timeout.atMs - ringing.atMs >= 2990);
  });

  rule('2.5.4', 'while it rings the caller hears the ringback tone, and no longer', async () => {
    await using stage = await callWith(({ origin }) => [connect(PHONE, { ringbackTone: `${origin}/ring.wav` })], {
      application: { paths: { '/ring.wav': { contentType: 'audio/wav', body: toneWav(425, 300, 16_000) } } },
      simulator: { standIns: { phone: { does: 'answers', ringMs: 800 } } },
    });
    await hearsTone(stage.call, 425);
    await until('it is answered', () => stage.call.events.filter(({ name }) => name === 'answered').length === 2);
    await until('it is silent', () => {
      const { heard } = stage.call;
      return shareOf(heard.heard(heard.durationMs - 200), heard.sampleRateHz, 425) === 0;
    });
    assert.deepEqual((await stage.call.hangUp()).problems, []);
  });

  rule('2.5.5', 'limit ends the leg, and with it a call that has nothing else', async () => {
    await using stage = await callStandIn({ does: 'answers', ringMs: 20 }, { limit: 1 });
    const report = await stage.call.ended;
    const [, , answered, completed] = report.events.filter(({ url }) => url.endsWith('/leg'));
    assert.ok(answered && completed && completed.atMs - answered.atMs >= 990);
    assert.equal(completed.body.disconnected_by, 'platform');
  });

  rule('2.5.5', 'limit ends a socket’s leg as well', async () => {
    await using stage = await callWith((application) => [connect(socketOf(application), { limit: 1 })]);
    const report = await stage.call.ended;
    assert.deepEqual([report.closeCode, report.closedBy, report.verdict], [1000, 'platform', 'passed']);
    assert.ok(report.events.every(({ name }) => name !== 'disconnected'));
    await line(stage.call, /^closed by the platform with 1000$/);
  });

  rule('4.2.6', 'a machine is told of where it was asked for, and the call goes on with it', async () => {
    await using stage = await callStandIn(
      { does: 'machine', ringMs: 20, hangsUpAfterMs: 50 },
      { machineDetection: 'continue' },
    );
    const report = await stage.call.ended;
    assert.deepEqual(ofLeg(report), ['started', 'ringing', 'answered', 'machine', 'completed']);
    const machine = await event(stage.call, 'machine');
    assert.equal(machine.body.uuid, undefined);
    assert.equal(typeof machine.body.call_uuid, 'string');
    assert.equal(machine.body.sub_state, undefined);
  });

  rule('2.5.6', 'hangup ends a leg that a machine has answered', async () => {
    await using stage = await callStandIn({ does: 'machine', ringMs: 20 }, { machineDetection: 'hangup' });
    const report = await stage.call.ended;
    assert.deepEqual(ofLeg(report), ['started', 'ringing', 'answered', 'machine', 'completed']);
    assert.ok(report.timeline.some(({ text }) => text === 'talk: “Next”'));
  });

  rule('2.5.6', 'hangup leaves a person alone, and says that it is one', async () => {
    await using stage = await callStandIn(
      { does: 'answers', ringMs: 20, hangsUpAfterMs: 300 },
      { machineDetection: 'hangup' },
    );
    const report = await stage.call.ended;
    assert.deepEqual(ofLeg(report), ['started', 'ringing', 'answered', 'human', 'completed']);
  });

  rule('2.5.6', 'without it nobody looks', async () => {
    await using stage = await callStandIn({ does: 'machine', ringMs: 20, hangsUpAfterMs: 20 });
    assert.deepEqual(ofLeg(await stage.call.ended), ['started', 'ringing', 'answered', 'completed']);
  });

  rule('2.5.7', 'advanced detection of a beep tells of the beep, and wins', async () => {
    await using stage = await callStandIn(
      { does: 'machine', ringMs: 20, hangsUpAfterMs: 50 },
      { machineDetection: 'hangup', advancedMachineDetection: { behavior: 'continue', mode: 'detect_beep' } },
    );
    const report = await stage.call.ended;
    assert.equal((await event(stage.call, 'machine')).body.sub_state, 'beep_start');
    assert.equal(
      report.events.find(({ url, name }) => url.endsWith('/leg') && name === 'completed')?.body.disconnected_by,
      'user',
    );
  });

  rule('2.5.17', 'the one who is called hears the NCCO of onAnswer before the two are joined', async () => {
    await using stage = await callWith(
      ({ origin }) => [connect({ ...PHONE, dtmfAnswer: '1p2', onAnswer: { url: `${origin}/on-answer` } })],
      {
        application: { paths: { '/on-answer': [{ action: 'talk', text: 'Somebody calls you' }] } },
        simulator: { standIns: { phone: { does: 'answers', ringMs: 20, hangsUpAfterMs: 20 } } },
      },
    );
    const report = await stage.call.ended;
    await line(stage.call, /^talk to the one who is called: “Somebody calls you”$/);
    await line(stage.call, /is sent 1p2$/);
    const asked = await stage.application.requests.first(({ path }) => path === '/on-answer');
    assert.deepEqual([asked.method, asked.query.to], ['GET', '12025550188']);
    assert.equal(report.verdict, 'passed');
  });

  rule(
    '2.5.17',
    'a bad NCCO of onAnswer is a problem with an error event, and the two are joined all the same',
    async () => {
      await using stage = await callWith(
        ({ origin }) => [connect({ ...PHONE, onAnswer: { url: `${origin}/on-answer` } })],
        {
          application: { paths: { '/on-answer': { json: { action: 'talk' } } } },
          simulator: { standIns: { phone: { does: 'answers', ringMs: 20, hangsUpAfterMs: 20 } } },
        },
      );
      const report = await stage.call.ended;
      assert.match(report.problems.join('\n'), /^the onAnswer URL: .*\n.*not an array of actions \[rule 2\.0\.1\]$/);
      assert.ok(report.events.some(({ name }) => name === 'error'));
      assert.equal(report.events.filter(({ name }) => name === 'completed').length, 2);
    },
  );

  for (const [id, type, endpoint, to] of [
    ['2.5.18', 'app', { type: 'app', user: 'agent-seven' }, 'agent-seven'],
    ['2.5.19', 'sip', { type: 'sip', uri: 'sip:desk@pbx.test.example' }, 'sip:desk@pbx.test.example'],
    ['2.5.19', 'sip', { type: 'sip', user: 'desk', domain: 'pbx' }, 'sip:desk@pbx'],
    ['2.5.20', 'vbc', { type: 'vbc', extension: '4321' }, '4321'],
  ] as const) {
    rule(id, `a stand-in is called at ${to}`, async () => {
      await using stage = await callWith(() => [connect(endpoint)], {
        simulator: { standIns: { [type]: { does: 'answers', ringMs: 20, hangsUpAfterMs: 20 } } },
      });
      const report = await stage.call.ended;
      const outbound = report.events.filter(({ body }) => body.direction === 'outbound');
      assert.deepEqual(
        outbound.map(({ name, body }) => [name, body.to]),
        ['started', 'ringing', 'answered', 'completed'].map((name) => [name, to]),
      );
    });
  }

  rule('4.2.4', 'a caller who hangs up while it rings cancels the leg', async () => {
    await using stage = await callStandIn({ does: 'answers', ringMs: 20_000 });
    await until('it rings', () => stage.call.events.filter(({ name }) => name === 'ringing').length === 2);
    const report = await stage.call.hangUp();
    assert.deepEqual(ofLeg(report), ['started', 'ringing', 'cancelled']);
    assert.ok(report.durationMs < 10_000);
  });

  for (const does of ['busy', 'rejects', 'unavailable', 'fails'] as const) {
    rule('2.5.21', `an NCCO in the reply to the state of a stand-in that ${does} takes over`, async () => {
      await using stage = await callStandIn(
        { does, ringMs: 20 },
        { eventType: 'synchronous' },
        { application: { events: ({ fields }) => answerTo(fields) } },
      );
      const report = await stage.call.ended;
      assert.ok(report.timeline.some(({ text }) => text === 'talk: “Another way”'));
      assert.ok(report.timeline.every(({ text }) => text !== 'talk: “Next”'));
      assert.equal(report.verdict, 'passed');
    });
  }

  rule('2.5.21', 'so it is with a timeout', async () => {
    await using stage = await callStandIn(
      { does: 'no-answer' },
      { eventType: 'synchronous', timeout: 3 },
      { application: { events: ({ fields }) => answerTo(fields) } },
    );
    const report = await stage.call.ended;
    assert.ok(report.timeline.some(({ text }) => text === 'talk: “Another way”'));
  });

  rule('2.5.21', 'without synchronous the reply is ignored, with a note', async () => {
    await using stage = await callStandIn(
      { does: 'busy', ringMs: 20 },
      {},
      { application: { events: ({ fields }) => answerTo(fields) } },
    );
    const report = await stage.call.ended;
    assert.ok(report.timeline.some(({ text }) => text === 'talk: “Next”'));
    assert.ok(report.timeline.every(({ text }) => text !== 'talk: “Another way”'));
    assert.match(report.notes.join('\n'), /the busy event was answered with a JSON array.*\[rule 4\.4\.2\]/);
  });

  rule(
    '2.5.21',
    'an empty array in reply to any state does no harm, and the action lasts until its leg is over',
    async () => {
      await using stage = await callStandIn(
        { does: 'answers', ringMs: 20, hangsUpAfterMs: 200 },
        { eventType: 'synchronous' },
        { application: { events: [] } },
      );
      const report = await stage.call.ended;
      assert.deepEqual(ofLeg(report), ['started', 'ringing', 'answered', 'completed']);
      const next = await line(stage.call, /^talk: “Next”$/);
      const completed = report.events.find(({ url, name }) => url.endsWith('/leg') && name === 'completed');
      assert.ok(completed && next.atMs >= completed.atMs);
      assert.equal(report.verdict, 'passed');
    },
  );

  rule('2.5.21', 'a socket that cannot be opened is unanswered, and the reply takes over', async () => {
    await using stage = await callWith(
      (application) => [connect(socketOf(application), { eventType: 'synchronous' }), { action: 'talk', text: 'Next' }],
      { application: { upgrade: { status: 503 }, events: ({ fields }) => answerTo(fields) } },
    );
    const report = await stage.call.ended;
    assert.equal((await event(stage.call, 'unanswered')).body.direction, 'outbound');
    assert.ok(report.timeline.some(({ text }) => text === 'talk: “Another way”'));
    assert.match(report.problems.join('\n'), /status 503 \[rule 3\.6\.4\]/);
    assert.equal(report.failureCode, 'SOCKET_REFUSED');
  });

  rule('4.4.1', 'an NCCO in the reply to disconnected attaches the call to a new socket', async () => {
    await using stage = await callWith((application) => [connect(socketOf(application))], {
      application: {
        socket: (connection) => {
          if (connection.upgrade.path === '/socket') afterFrames(2, close(4000, 'over'))(connection);
          else play(toneFrames(600, 5000, 16_000))(connection);
        },
        events: ({ fields }, application) =>
          fields.status === 'disconnected'
            ? [connect(socketOf(application, { uri: `${application.socketUri}/again` }))]
            : { status: 204 },
      },
    });
    await hearsTone(stage.call, 600);
    const report = await stage.call.hangUp();
    assert.deepEqual(
      stage.application.upgrades.all.map(({ path }) => path),
      ['/socket', '/socket/again'],
    );
    const legs = report.events.filter(({ name, body }) => name === 'completed' && body.direction === 'outbound');
    assert.equal(new Set(legs.map(({ legUuid }) => legUuid)).size, 2);
    assert.equal((await event(stage.call, 'disconnected')).legUuid, stage.call.ids.socketLegUuid);
    assert.deepEqual(report.problems, []);
  });

  rule(
    '4.4.1',
    'an empty array or nothing in reply to disconnected leaves the rest: here none, so the call ends',
    async () => {
      for (const reply of [[], { status: 204 }, { status: 200, contentType: 'text/plain', body: 'ok' }]) {
        await using stage = await callWith((application) => [connect(socketOf(application))], {
          application: {
            socket: afterFrames(2, close()),
            events: ({ fields }) => (fields.status === 'disconnected' ? reply : { status: 204 }),
          },
        });
        const report = await stage.call.ended;
        assert.equal(report.events.at(-1)?.body.disconnected_by, 'platform');
        assert.deepEqual([report.verdict, report.closedBy], ['passed', 'application']);
      }
    },
  );

  rule(
    '1.4.1',
    'a bad NCCO in reply to disconnected is a problem with an error event, and the next action follows',
    async () => {
      await using stage = await callWith(
        (application) => [
          connect(socketOf(application), { eventType: 'synchronous' }),
          { action: 'talk', text: 'Next' },
        ],
        {
          application: {
            socket: afterFrames(2, close()),
            events: ({ fields }) => (fields.status === 'disconnected' ? [{ action: 'say', text: 'Hello' }] : {}),
          },
        },
      );
      const report = await stage.call.ended;
      assert.match(
        report.problems.join('\n'),
        /the reply to the disconnected event: .*\n\[0\]\.action: "say" is not .*\[rule 2\.0\.2\]/,
      );
      assert.ok(report.events.some(({ name }) => name === 'error'));
      assert.ok(report.timeline.some(({ text }) => text === 'talk: “Next”'));
    },
  );

  rule('2.5.10', 'the call lives as long as the socket, and completes when that has closed', async () => {
    await using stage = await callWith((application) => [connect(socketOf(application))], {
      application: { socket: afterFrames(25, close()) },
    });
    assert.equal(await stage.call.connected(), true);
    const report = await stage.call.ended;
    assert.ok(report.framesSent >= 25);
    assert.deepEqual(
      report.events.slice(-3).map(({ name, body }) => [name, body.direction]),
      [
        ['disconnected', undefined],
        ['completed', 'outbound'],
        ['completed', 'inbound'],
      ],
    );
    assert.equal(report.events.at(-1)?.body.disconnected_by, 'platform');
  });

  rule('2.5.9', 'two sockets of one NCCO hear each other and the caller, and the caller both', async () => {
    await using stage = await callWith(
      (application) => [
        connect(socketOf(application, { uri: `${application.socketUri}?n=1` })),
        connect(socketOf(application, { uri: `${application.socketUri}?n=2` })),
      ],
      {
        application: {
          keepAudio: true,
          socket: (connection) => {
            const hz = connection.upgrade.query.n === '1' ? 500 : 900;
            afterFrames(1, play(toneFrames(hz, 4000, 16_000, 0.2)))(connection);
          },
        },
      },
    );
    const { connections } = stage.application;
    await connections.first((_, index) => index === 1);
    void stage.call.say(toneRecording(1400, 4000, 16_000, 0.2));
    const hears = (n: string, hz: number) => {
      const connection = connections.all.find(({ upgrade }) => upgrade.query.n === n);
      const last = connection?.frames.all.slice(-25).map(({ audio }) => audio ?? Buffer.alloc(0)) ?? [];
      return last.length === 25 ? shareOf(pcmOf(last), 16_000, hz) : 0;
    };
    await until(
      'the first socket hears the caller and the second',
      () => hears('1', 900) > 0.3 && hears('1', 1400) > 0.3,
    );
    await until(
      'the second socket hears the caller and the first',
      () => hears('2', 500) > 0.3 && hears('2', 1400) > 0.3,
    );
    assert.ok(hears('1', 500) < 0.05 && hears('2', 900) < 0.05, 'a socket hears itself');
    const { heard } = stage.call;
    const last = heard.heard(heard.durationMs - 400);
    assert.ok(shareOf(last, 16_000, 500) > 0.3 && shareOf(last, 16_000, 900) > 0.3);
    assert.ok(shareOf(last, 16_000, 1400) < 0.05, 'the caller hears himself');
    assert.deepEqual((await stage.call.hangUp()).problems, []);
  });

  rule('2.5.9', 'sockets of different sample rates hear each other all the same', async () => {
    await using stage = await callWith(
      (application) => [
        connect(socketOf(application, { uri: `${application.socketUri}?n=1` })),
        connect(socketOf(application, { uri: `${application.socketUri}?n=2`, 'content-type': 'audio/l16;rate=8000' })),
      ],
      {
        application: {
          keepAudio: true,
          socket: (connection) => {
            if (connection.upgrade.query.n === '1') play(toneFrames(500, 4000, 16_000))(connection);
            else silent(connection);
          },
        },
      },
    );
    const second = await stage.application.connections.first(({ upgrade }) => upgrade.query.n === '2');
    await until('the second socket hears the first', () => {
      const last = second.frames.all.slice(-20).map(({ audio }) => audio ?? Buffer.alloc(0));
      return last.length === 20 && shareOf(pcmOf(last), 8000, 500) > 0.9;
    });
    assert.ok(second.frames.all.every(({ bytes }) => bytes === 320));
    await stage.call.hangUp();
  });
});

/** The NCCO for a state that is a failure, and nothing for any other. */
function answerTo({ status }: Readonly<Record<string, unknown>>) {
  const failures = ['busy', 'timeout', 'failed', 'rejected', 'unanswered'];
  return failures.includes(String(status)) ? [{ action: 'talk', text: 'Another way' }] : { status: 204 };
}
