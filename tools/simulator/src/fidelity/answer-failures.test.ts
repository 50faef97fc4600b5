import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { type Application, type ApplicationOptions, startApplicationServer } from '../testing/application.ts';
import { type FinishedCallOptions, finishedCall, TALK } from '../testing/finished-call.ts';
import { startFullServer } from '../testing/full-server.ts';
import { type Answer, inTurn, type SeenRequest } from '../testing/http-reply.ts';
import { rule } from '../testing/rule-test.ts';

type Reply = NonNullable<ApplicationOptions['answer']>;

/** A call whose answer webhook is replied to so. */
const callTo = (answer: Reply, options: FinishedCallOptions = {}) =>
  finishedCall({ ...options, application: { ...options.application, answer } });

/** The same, of an application with a fallback URL. */
const callWithFallback = (answer: Reply, fallback: Answer, more: ApplicationOptions = {}) =>
  finishedCall({
    application: { ...more, answer, fallback },
    simulator: ({ fallbackUrl }) => ({ fallbackUrl, limits: { answerMs: 1000, eventMs: 1000 } }),
  });

const tries = ({ answers }: Application) => answers.all.length;

suite('the limits of the answer webhook', { concurrency: 8 }, () => {
  rule('1.3.1', 'a connection that does not open within the limit is given up at the second try', async () => {
    await using server = await startFullServer();
    const { report } = await finishedCall({
      simulator: { answerUrl: `${server.origin}/answer`, limits: { connectMs: 300 } },
    });
    assert.deepEqual(report.problems, [
      `the answer URL: no connection to ${server.origin} within 300 ms (2 tries) [rule 1.3.1]`,
    ]);
    assert.equal(report.failureCode, 'CONNECT_TIMEOUT');
    assert.ok(report.durationMs >= 590, `${report.durationMs} ms`);
  });

  for (const [rules, limitMs] of [
    [new RuleSettings({ '1.3.2': '1000' }), 1000],
    [new RuleSettings({ '1.3.2': '3000' }), 3000],
  ] as const) {
    rule('1.3.2', `it is ${limitMs} ms`, async () => {
      await using server = await startFullServer();
      const { report } = await finishedCall({ simulator: { answerUrl: server.origin, rules } });
      const sentence = `no connection to ${server.origin} within ${limitMs} ms (2 tries)`;
      assert.deepEqual(report.problems, [`the answer URL: ${sentence} [rule 1.3.1]`]);
      assert.ok(report.durationMs >= 2 * limitMs - 20, `${report.durationMs} ms`);
    });
  }

  rule('1.3.3', 'a reply that comes later than the limit is none', async () => {
    const answer = { delayMs: 3000, json: [TALK] };
    const { report, application } = await callTo(answer, { simulator: { limits: { answerMs: 1000 } } });
    assert.equal(report.failureCode, 'REPLY_TIMEOUT');
    const sentence = `the answer URL: no complete reply from ${application.origin} within 1000 ms (2 tries)`;
    assert.deepEqual(report.problems, [`${sentence} [rule 1.3.3]`]);
    assert.ok(report.durationMs >= 1990, `${report.durationMs} ms`);
  });

  rule('1.3.3', 'the limit of an answer is 5 s unless it is set', async () => {
    const { report } = await callTo(inTurn('no-reply', [TALK]));
    assert.deepEqual([report.verdict, report.notes.length], ['passed', 1]);
    assert.ok(report.answerMs && report.answerMs >= 4990, `${report.answerMs} ms`);
  });

  rule('1.3.3', 'a reply within it is in time', async () => {
    const { report } = await callTo({ delayMs: 1500, json: [TALK] });
    assert.deepEqual([report.verdict, report.notes], ['passed', []]);
    assert.ok(report.answerMs && report.answerMs >= 1490, `${report.answerMs} ms`);
  });
});

suite('the tries of the answer webhook', { concurrency: 8 }, () => {
  for (const first of [{ status: 429 }, { status: 503 }, { status: 504 }, 'hang-up'] as const) {
    const what = first === 'hang-up' ? 'a closed connection' : String(first.status);
    rule('1.3.4', `${what} gets another try, with the same question`, async () => {
      const { report, application } = await callTo(inTurn(first, [TALK]));
      assert.equal(report.verdict, 'passed');
      assert.deepEqual(report.notes, ['the answer URL was asked 2 times before it replied as it should [rule 1.3.4]']);
      const [one, two] = application.answers.all;
      assert.deepEqual(one?.query, two?.query);
    });
  }

  for (const [rules, count] of [
    [new RuleSettings({ '1.3.4': '2' }), 2],
    [new RuleSettings({ '1.3.4': '3' }), 3],
  ] as const) {
    rule('1.3.4', `there are ${count} in all`, async () => {
      const { report, application } = await callTo({ status: 503 }, { simulator: { rules } });
      assert.equal(tries(application), count);
      assert.match(
        report.problems.join('\n'),
        new RegExp(`status 503 instead of 200 \\(${count} tries\\) \\[rule 1.2.1\\]$`),
      );
    });
  }

  for (const [rules, answers, events] of [
    [new RuleSettings({ '1.3.5': 'events' }), 1, 2],
    [new RuleSettings({ '1.3.5': 'never' }), 1, 1],
    [new RuleSettings({ '1.3.5': 'always' }), 2, 2],
  ] as const) {
    rule('1.3.5', `after 502 ${rules.value('1.3.5')}: an answer has ${answers} and an event ${events}`, async () => {
      const { application } = await callTo({ status: 502 }, { simulator: { rules } });
      assert.equal(tries(application), answers);
      const told = await finishedCall({ application: { events: { status: 502 } }, simulator: { rules } });
      assert.equal(told.application.events.all.length, 4 * events);
    });
  }

  for (const status of [302, 400, 401, 404, 500]) {
    rule('1.3.6', `${status} is final`, async () => {
      const { report, application } = await callTo(inTurn({ status }, [TALK]));
      assert.deepEqual([tries(application), report.failureCode], [1, 'BAD_STATUS']);
    });
  }

  rule('1.3.6', 'so is a wrong content type, and a mistake in the NCCO', async () => {
    for (const [first, code] of [
      [{ json: [TALK], contentType: 'text/plain' }, 'BAD_CONTENT_TYPE'],
      [[{ action: 'sing' }], 'BAD_NCCO'],
    ] as const) {
      const { report, application } = await callTo(inTurn(first, [TALK]));
      assert.deepEqual([tries(application), report.failureCode], [1, code]);
    }
  });

  rule('1.3.6', 'so is an address where nothing listens', async () => {
    const closed = await startApplicationServer();
    await closed[Symbol.asyncDispose]();
    const { report } = await finishedCall({ simulator: { answerUrl: closed.answerUrl } });
    assert.deepEqual(report.problems, [`the answer URL: nothing listens on ${closed.origin} [rule 1.3.6]`]);
    assert.equal(report.failureCode, 'CONNECTION_REFUSED');
  });
});

suite('the fallback URL', { concurrency: 8 }, () => {
  for (const [what, answer, reason] of [
    ['a status', { status: 500 }, /^the answer URL \S+ replied with status 500 instead of 200$/],
    ['a reset', 'hang-up', /^the answer URL: \S+ closed the connection before its reply was complete \(2 tries\)$/],
    ['silence', 'no-reply', /^the answer URL: no complete reply from \S+ within 1000 ms \(2 tries\)$/],
    ['a bad NCCO', [{ action: 'sing' }], /^the answer URL: the NCCO cannot be carried out$/],
  ] as const) {
    rule('1.3.7', `takes over after ${what}`, async () => {
      const { report, application } = await callWithFallback(answer, [TALK]);
      const [asked] = application.fallbacks.all;
      assert.match(asked?.query.reason ?? '', reason);
      assert.match(report.problems[0] ?? '', new RegExp(reason.source.replace('$', ' \\[rule ')));
      assert.deepEqual([report.failureCode, report.events.at(-1)?.name], [null, 'completed']);
    });
  }

  rule('1.3.7', 'takes over where nothing listens', async () => {
    const closed = await startApplicationServer();
    await closed[Symbol.asyncDispose]();
    const { report, application } = await finishedCall({
      application: { fallback: [TALK] },
      simulator: ({ fallbackUrl }) => ({ fallbackUrl, answerUrl: closed.answerUrl }),
    });
    assert.equal(application.fallbacks.all.length, 1);
    assert.equal(report.events.at(-1)?.name, 'completed');
  });

  rule('1.3.7', 'is asked twice, and not at all where the answer URL replied as it should', async () => {
    const { application } = await callWithFallback({ status: 500 }, { status: 503 });
    assert.deepEqual([application.answers.all.length, application.fallbacks.all.length], [1, 2]);
    const good = await callWithFallback([TALK], [TALK]);
    assert.deepEqual([good.report.verdict, good.application.fallbacks.all.length], ['passed', 0]);
  });

  rule('1.3.7', 'takes over for an event that may be replied to with an NCCO, and for no other', async () => {
    for (const reply of [{ status: 500 }, 'hang-up', [{ action: 'sing' }]] as const) {
      const { report, application } = await callWithFallback(
        (_, { eventUrl }) => [
          { action: 'notify', payload: {}, eventUrl: [eventUrl] },
          { action: 'talk', text: 'Next' },
        ],
        [{ action: 'talk', text: 'Fallen back' }],
        { events: ({ fields }) => (fields.payload ? reply : { status: 404 }) },
      );
      assert.equal(application.fallbacks.all.length, 1);
      const said = report.timeline.filter(({ text }) => text.startsWith('talk: ')).map(({ text }) => text);
      assert.deepEqual(said, ['talk: “Fallen back”']);
    }
  });

  rule('1.3.8', 'is told of the call, of what failed, and why', async () => {
    const { report, application } = await callWithFallback({ status: 500 }, [TALK]);
    const [asked] = application.fallbacks.all;
    const { reason, original_request, ...question } = asked?.query ?? {};
    assert.deepEqual(question, application.answers.all[0]?.query);
    assert.equal(reason, `the answer URL ${application.answerUrl} replied with status 500 instead of 200`);
    assert.deepEqual(JSON.parse(original_request ?? ''), { url: application.answerUrl, type: 'answer' });
    assert.equal(report.problems.length, 1);
  });

  rule('1.3.8', 'is told of the event that failed', async () => {
    const { application } = await callWithFallback(
      (_, { origin }) => [{ action: 'notify', payload: { mark: 1 }, eventUrl: [`${origin}/webhooks/mark`] }],
      { status: 200, body: '' },
      { events: { status: 500 } },
    );
    const event = application.events.all.find(({ path }: SeenRequest) => path === '/webhooks/mark');
    const { reason, original_request, ...fields } = application.fallbacks.all[0]?.query ?? {};
    assert.deepEqual({ ...fields, payload: JSON.parse(fields.payload ?? '') }, event?.fields);
    assert.equal(reason, 'status 500');
    assert.deepEqual(JSON.parse(original_request ?? ''), { url: `${application.origin}/webhooks/mark`, type: 'event' });
  });

  rule('1.3.9', 'that fails too ends a call that has not begun', async () => {
    const { report, application } = await callWithFallback({ status: 500 }, { status: 403 });
    assert.deepEqual(report.problems, [
      `the answer URL ${application.answerUrl} replied with status 500 instead of 200 [rule 1.2.1]`,
      `the fallback URL ${application.fallbackUrl} replied with status 403 instead of 200; it had no token, as the simulator was given no signature secret [rule 1.2.1]`,
    ]);
    assert.deepEqual([report.failureCode, report.eventsSent], ['BAD_STATUS', 0]);
  });

  rule('1.3.9', 'that fails too leaves a call that is under way to what it has', async () => {
    for (const fallback of [{ status: 500 }, 'hang-up'] as const) {
      const { report, application } = await callWithFallback(
        [
          { action: 'input', type: ['dtmf'], dtmf: { timeOut: 0 } },
          { action: 'talk', text: 'Next' },
        ],
        fallback,
        { events: ({ fields }) => ({ status: fields.dtmf ? 500 : 204 }) },
      );
      assert.ok(report.timeline.some(({ text }) => text === 'talk: “Next”'));
      const { fallbackUrl, origin } = application;
      assert.deepEqual(report.problems, [
        'the input event was answered with status 500, not 2xx [rule 4.1.5]',
        fallback === 'hang-up'
          ? `the fallback URL: ${origin} closed the connection before its reply was complete (2 tries) [rule 1.3.9]`
          : `the fallback URL ${fallbackUrl} replied with status 500 instead of 200 [rule 1.3.9]`,
      ]);
    }
  });
});
