import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import type { Application } from '../testing/application.ts';
import { finishedCall, TALK } from '../testing/finished-call.ts';
import type { Fields } from '../testing/http-reply.ts';
import { socketOf } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import { afterFrames, close } from '../testing/socket-behaviours.ts';

const ISO_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** No key comes, so the event comes at once. */
const INPUT = { action: 'input', type: ['dtmf'], dtmf: { timeOut: 0 } };

const NOT_SAID = { json: [{ action: 'talk', text: 'Not said' }] };

const bodies = ({ events }: Application): readonly Fields[] => events.all.map(({ fields }) => fields);
const statuses = (application: Application) => bodies(application).map(({ status }) => status);

/** A call to a socket that is open for two frames, and closed by the application. */
const socketCall = (rules = new RuleSettings(), endpoint: Fields = {}) =>
  finishedCall({
    application: {
      answer: (_, application) => [{ action: 'connect', endpoint: [socketOf(application, endpoint)] }],
      socket: afterFrames(2, close()),
    },
    simulator: { rules },
  });

suite('how events come', { concurrency: 8 }, () => {
  rule('4.1.1', 'by POST as a JSON object', async () => {
    const { application, report } = await finishedCall();
    for (const { method, headers, query, json } of application.events.all) {
      assert.deepEqual([method, headers['content-type'], query], ['POST', 'application/json', {}]);
      assert.equal((json as Fields).uuid, report.legUuid);
    }
    assert.deepEqual(statuses(application), ['started', 'ringing', 'answered', 'completed']);
  });

  rule('4.1.1', 'by GET with nested values as JSON text', async () => {
    const { application } = await finishedCall({
      application: {
        answer: (_, { eventUrl }) => [
          INPUT,
          { action: 'notify', payload: { mark: 'a&b' }, eventUrl: [eventUrl], eventMethod: 'GET' },
        ],
      },
      simulator: { eventMethod: 'GET' },
    });
    const queries = application.events.all.map(({ query }) => query);
    assert.ok(application.events.all.every(({ method, raw }) => method === 'GET' && raw.length === 0));
    assert.equal(queries[0]?.headers, '{}');
    const input = queries.find(({ dtmf }) => dtmf);
    assert.equal(input?.dtmf, '{"digits":null,"timed_out":true}');
    assert.equal(input?.speech, '{"error":"Speech was not enabled"}');
    assert.equal(queries.find(({ payload }) => payload)?.payload, '{"mark":"a&b"}');
  });

  rule('4.1.2', 'to the action’s own address where it has one, else to the application’s', async () => {
    const { application } = await finishedCall({
      application: {
        answer: (_, server) => [
          { ...INPUT, eventUrl: [`${server.origin}/webhooks/keys`] },
          {
            action: 'connect',
            eventUrl: [`${server.origin}/webhooks/leg`],
            endpoint: [socketOf(server)],
          },
        ],
        socket: afterFrames(1, close()),
      },
    });
    const at = (path: string) =>
      application.events.all.filter((seen) => seen.path === path).map(({ fields }) => fields.status ?? 'input');
    assert.deepEqual(at('/webhooks/keys'), ['input']);
    assert.deepEqual(at('/webhooks/leg'), ['started', 'answered', 'disconnected', 'completed']);
    assert.deepEqual(at('/webhooks/events'), ['started', 'ringing', 'answered', 'completed']);
  });

  rule('4.1.3', 'every timestamp has milliseconds, and the times of a call whole seconds', async () => {
    const { application } = await socketCall();
    for (const { timestamp } of bodies(application)) assert.match(String(timestamp), ISO_MS);
    const { start_time, end_time } = bodies(application).at(-1) ?? {};
    assert.match(`${start_time} ${end_time}`, /^\S+:\d\d\.000Z \S+:\d\d\.000Z$/);
    const times = bodies(application).map(({ timestamp }) => Date.parse(String(timestamp)));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });

  rule('4.1.3', 'those of a recording have no milliseconds', async () => {
    const { application } = await finishedCall({
      application: { answer: [{ action: 'record' }, { action: 'wait', timeout: 0.1 }] },
    });
    const { start_time, end_time, timestamp } = bodies(application).find(({ recording_url }) => recording_url) ?? {};
    assert.match(`${start_time} ${end_time}`, /^\S+T\d\d:\d\d:\d\dZ \S+T\d\d:\d\d:\d\dZ$/);
    assert.match(String(timestamp), ISO_MS);
  });

  for (const [rules, headers] of [
    [new RuleSettings({ '4.1.4': 'endpoint' }), { leg: 'abc' }],
    [new RuleSettings({ '4.1.4': 'empty' }), {}],
  ] as const) {
    rule('4.1.4', `${rules.value('4.1.4')}: ${JSON.stringify(headers)}; a telephone has none`, async () => {
      const { application } = await socketCall(rules, { headers: { leg: 'abc' } });
      const ofLeg = (legUuid: unknown) =>
        bodies(application)
          .filter(({ uuid }) => uuid === legUuid)
          .map((fields) => fields.headers);
      const [first] = bodies(application);
      const outbound = bodies(application).find(({ direction }) => direction === 'outbound');
      assert.deepEqual(ofLeg(first?.uuid), [{}, {}, {}, {}]);
      assert.deepEqual(ofLeg(outbound?.uuid), [headers, headers, headers, headers]);
    });
  }

  for (const reply of [{ status: 200, contentType: 'text/plain', body: 'ok' }, { status: 202 }, { status: 299 }]) {
    rule('4.1.5', `${reply.status} is an answer`, async () => {
      const { report } = await finishedCall({ application: { events: reply } });
      assert.deepEqual([report.verdict, report.notes, report.eventsFailed], ['passed', [], 0]);
    });
  }

  rule('4.1.5', 'after any other status the event is lost, and the call goes on', async () => {
    const { application, report } = await finishedCall({
      application: { events: ({ fields }) => ({ status: fields.status === 'answered' ? 400 : 204 }) },
    });
    assert.deepEqual(report.problems, ['the answered event was answered with status 400, not 2xx [rule 4.1.5]']);
    assert.deepEqual([report.eventsSent, report.eventsFailed], [4, 1]);
    assert.deepEqual(statuses(application), ['started', 'ringing', 'answered', 'completed']);
  });

  rule('4.1.5', 'the limit is 10 s unless it is set, and a reply within it is in time', async () => {
    const events = ({ fields }: { fields: Fields }) => (fields.status === 'started' ? { delayMs: 1500 } : {});
    const { report } = await finishedCall({ application: { events } });
    assert.equal(report.verdict, 'passed');
    const late = await finishedCall({ application: { events }, simulator: { limits: { eventMs: 1000 } } });
    assert.match(
      late.report.problems.join('\n'),
      /^the started event was not answered: .* within 1000 ms \(2 tries\) \[rule 4\.1\.5\]$/,
    );
  });

  rule('4.1.6', 'late: the call does not wait for them', async () => {
    const { application, report } = await finishedCall({ simulator: { eventDelays: { lateMs: 600 } } });
    assert.deepEqual(statuses(application), ['started', 'ringing', 'answered', 'completed']);
    for (const { atMs, fields } of application.events.all) {
      const lateMs = performance.timeOrigin + atMs - Date.parse(String(fields.timestamp));
      assert.ok(lateMs >= 550, `${fields.status} is ${lateMs} ms late`);
    }
    const spoken = report.timeline.find(({ text }) => text === 'talk: “Hello”');
    assert.ok(spoken && spoken.atMs < 550, `the action begins at ${spoken?.atMs} ms`);
  });

  rule('4.1.6', 'more than once: known by leg, status and timestamp', async () => {
    const { application, report } = await finishedCall({ simulator: { eventDelays: { times: 2 } } });
    assert.equal(report.eventsSent, 8);
    const keys = bodies(application).map(({ uuid, status, timestamp }) => `${uuid} ${status} ${timestamp}`);
    assert.deepEqual([keys.length, new Set(keys).size], [8, 4]);
  });

  rule('4.1.6', 'out of order: put right by their timestamps', async () => {
    const { application } = await finishedCall({ simulator: { eventDelays: { reordered: true } } });
    assert.deepEqual(statuses(application), ['ringing', 'started', 'completed', 'answered']);
    const inOrder = bodies(application).toSorted((a, b) => (String(a.timestamp) < String(b.timestamp) ? -1 : 1));
    assert.equal(inOrder.at(-1)?.status, 'completed');
  });
});

suite('the order of events', { concurrency: 8 }, () => {
  rule('4.3.1', 'the answer webhook, the caller’s leg, the socket’s, and the end', async () => {
    const { application, report } = await socketCall();
    assert.equal(application.requests.all[0]?.path, '/webhooks/answer');
    assert.deepEqual(
      bodies(application).map(({ status, direction = 'none' }) => `${direction} ${status}`),
      [
        'inbound started',
        'inbound ringing',
        'inbound answered',
        'outbound started',
        'outbound answered',
        'none disconnected',
        'outbound completed',
        'inbound completed',
      ],
    );
    assert.equal(report.verdict, 'passed');
  });

  for (const [rules, states] of [
    [new RuleSettings({ '4.3.2': 'no' }), ['started', 'answered', 'completed']],
    [new RuleSettings({ '4.3.2': 'yes' }), ['started', 'ringing', 'answered', 'completed']],
  ] as const) {
    rule('4.3.2', `${rules.value('4.3.2')}: ${states.join(', ')}`, async () => {
      const { application } = await socketCall(rules);
      const outbound = bodies(application).filter(({ direction }) => direction === 'outbound');
      assert.deepEqual(
        outbound.map(({ status }) => status),
        states,
      );
    });
  }

  rule('4.4.2', 'an NCCO in the reply changes nothing, and is worth a note', async () => {
    const { report } = await finishedCall({ application: { events: [{ action: 'talk', text: 'Never said' }] } });
    const note = (name: string) =>
      `the ${name} event was answered with a JSON array, which is no NCCO here: an empty body is safer [rule 4.4.2]`;
    assert.deepEqual(report.notes, ['started', 'ringing', 'answered', 'completed'].map(note));
    assert.equal(report.verdict, 'passed');
    assert.deepEqual(
      report.timeline.filter(({ text }) => text.startsWith('talk')).map(({ text }) => text),
      ['talk: “Hello”'],
    );
  });

  rule('4.4.1', 'one in the reply to notify takes the place of what is left', async () => {
    const { report } = await finishedCall({
      application: {
        answer: (_, { eventUrl }) => [{ action: 'notify', payload: {}, eventUrl: [eventUrl] }, TALK],
        events: ({ fields }) => (fields.payload ? [{ action: 'talk', text: 'Instead' }] : {}),
      },
    });
    assert.deepEqual(
      report.timeline.filter(({ text }) => text.startsWith('talk')).map(({ text }) => text),
      ['talk: “Instead”'],
    );
    assert.deepEqual([report.verdict, report.notes], ['passed', []]);
  });

  for (const [what, reply, found] of [
    [
      'that is cut short',
      { body: '[{"action":"talk' },
      ['is not JSON: line 1, column 17: the closing quote is expected there'],
    ],
    ['of HTML', { ...NOT_SAID, contentType: 'text/html' }, ['has the content type text/html, not application/json']],
    ['that is an object', { json: { action: 'talk' } }, ['is a JSON object, not an array of actions']],
    ['of plain text', { body: 'ok', contentType: 'text/plain' }, []],
  ] as const) {
    rule('4.4.1', `a reply ${what} is none, and ${found.length > 0 ? 'that is' : 'not'} worth a note`, async () => {
      const { report } = await finishedCall({
        application: {
          answer: (_, { eventUrl }) => [{ action: 'notify', payload: {}, eventUrl: [eventUrl] }, TALK],
          events: ({ fields }) => (fields.payload ? reply : {}),
        },
      });
      const note = (mistake: string) =>
        `the reply to the notify event ${mistake}, so it is no NCCO and the call flow goes on [rule 4.4.1]`;
      assert.deepEqual([report.verdict, report.notes], ['passed', found.map(note)]);
      assert.deepEqual(
        report.timeline.filter(({ text }) => text.startsWith('talk')).map(({ text }) => text),
        ['talk: “Hello”'],
      );
    });
  }
});
