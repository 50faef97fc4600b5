import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startApplicationServer } from '../testing/application.ts';
import { expiredCertificate, selfSignedCertificate } from '../testing/certificates.ts';
import { finishedCall, TALK } from '../testing/finished-call.ts';
import type { SeenRequest } from '../testing/http-reply.ts';

const LIMITS = { connectMs: 1000, answerMs: 1000, eventMs: 1000 };

/** An application that takes a token from the query alone. */
const tokenInQuery =
  (good: object) =>
  ({ query }: SeenRequest) =>
    query.token === undefined ? { status: 401 } : good;

suite('a misbehaving application, and the sentence about it', { concurrency: 12 }, () => {
  test('it takes too long to reply with an NCCO, at the second try as well', async () => {
    const answer = { delayMs: 4000, json: [TALK] };
    const { report, application } = await finishedCall({ application: { answer }, simulator: { limits: LIMITS } });
    assert.deepEqual(report.problems, [
      `the answer URL: no complete reply from ${application.origin} within 1000 ms (2 tries) [rule 1.3.3]`,
    ]);
    assert.equal(application.answers.all.length, 2);
    assert.deepEqual([report.verdict, report.failureCode, report.eventsSent], ['failed', 'REPLY_TIMEOUT', 0]);
  });

  test('it begins with its reply, and never ends it', async () => {
    const { report, application } = await finishedCall({
      application: {
        answer: (_, __, response) => {
          response.writeHead(200, { 'content-type': 'application/json' }).write('[');
          return 'no-reply';
        },
      },
      simulator: { limits: LIMITS },
    });
    assert.deepEqual(report.problems, [
      `the answer URL: no complete reply from ${application.origin} within 1000 ms (2 tries) [rule 1.3.3]`,
    ]);
  });

  test('its NCCO is called text/html', async () => {
    const answer = { contentType: 'text/html; charset=utf-8', json: [TALK] };
    const { report, application } = await finishedCall({ application: { answer } });
    assert.deepEqual(report.problems, [
      'the answer URL: the content type of the reply is text/html; charset=utf-8 instead of application/json [rule 1.2.2]',
    ]);
    assert.deepEqual([application.answers.all.length, report.failureCode], [1, 'BAD_CONTENT_TYPE']);
  });

  test('it never replies to an event, which does not hold up the call', async () => {
    const { report, application } = await finishedCall({
      application: { events: ({ fields }) => (fields.status === 'ringing' ? 'no-reply' : {}) },
      simulator: { limits: LIMITS },
    });
    assert.deepEqual(report.problems, [
      `the ringing event was not answered: no complete reply from ${application.origin} within 1000 ms (2 tries) [rule 4.1.5]`,
    ]);
    const seen = application.events.all.map(({ fields }) => fields.status);
    assert.deepEqual(seen.sort(), ['answered', 'completed', 'ringing', 'ringing', 'started']);
    assert.deepEqual([report.eventsSent, report.eventsFailed, report.failureCode], [4, 1, null]);
    const spoken = report.timeline.find(({ text }) => text === 'talk: “Hello”');
    assert.ok(spoken && spoken.atMs < 900, `the action begins at ${spoken?.atMs} ms`);
  });

  test('it redirects the answer URL', async () => {
    const { report, application } = await finishedCall({
      application: { answer: { status: 301, headers: { location: '/webhooks/fallback' } } },
    });
    assert.deepEqual(report.problems, [
      `the answer URL ${application.answerUrl} replied with status 301 instead of 200; a redirect is not followed [rule 1.2.1]`,
    ]);
    assert.equal(application.requests.all.length, 1);
  });

  test('it redirects the event URL', async () => {
    const { report, application } = await finishedCall({
      application: { events: { status: 308, headers: { location: '/moved' } } },
    });
    assert.deepEqual(
      report.problems,
      ['started', 'ringing', 'answered', 'completed'].map(
        (name) => `the ${name} event was answered with status 308, not 2xx; a redirect is not followed [rule 4.1.5]`,
      ),
    );
    assert.equal(application.requests.all.length, 5);
  });

  for (const [what, makeCertificate] of [
    ['has expired', expiredCertificate],
    ['is self-signed', selfSignedCertificate],
  ] as const) {
    test(`its certificate ${what}`, async () => {
      const { report, application } = await finishedCall({ application: { certificate: await makeCertificate() } });
      assert.deepEqual(report.problems, [
        `the answer URL: ${application.origin} cannot be trusted: its certificate ${what} [rule 1.3.6]`,
      ]);
      assert.deepEqual([report.failureCode, application.requests.all.length], ['BAD_CERTIFICATE', 0]);
    });
  }

  test('its event URL has an expired certificate', async () => {
    await using secure = await startApplicationServer({
      certificate: await expiredCertificate(),
    });
    const { report } = await finishedCall({ simulator: { eventUrl: secure.eventUrl } });
    assert.equal(
      report.problems[0],
      `the started event was not answered: ${secure.origin} cannot be trusted: its certificate has expired [rule 4.1.5]`,
    );
    assert.equal(report.eventsFailed, 4);
  });

  test('it wants the token of a signed webhook in the query', async () => {
    const { report, application } = await finishedCall({
      application: { answer: tokenInQuery([TALK]) },
      simulator: { signing: { secret: 'test-signature-secret-000000000000' } },
    });
    assert.deepEqual(report.problems, [
      `the answer URL ${application.answerUrl} replied with status 401 instead of 200; its token was in the Authorization header, as Bearer, and nowhere else [rule 1.2.1]`,
    ]);
  });

  test('it wants the token of a signed event in the query', async () => {
    const { report } = await finishedCall({
      application: { events: tokenInQuery({}) },
      simulator: { signing: { secret: 'test-signature-secret-000000000000' } },
    });
    assert.equal(
      report.problems[0],
      'the started event was answered with status 401, not 2xx; its token was in the Authorization header, as Bearer, and nowhere else [rule 4.1.5]',
    );
  });

  test('it wants a token, and the simulator was given no secret', async () => {
    const { report, application } = await finishedCall({
      application: { answer: ({ headers }) => (headers.authorization ? [TALK] : { status: 401 }) },
    });
    assert.deepEqual(report.problems, [
      `the answer URL ${application.answerUrl} replied with status 401 instead of 200; it had no token, as the simulator was given no signature secret [rule 1.2.1]`,
    ]);
  });

  test('it knows its answer URL by GET alone', async () => {
    const { report, application } = await finishedCall({
      application: { answer: ({ method }) => (method === 'GET' ? [TALK] : { status: 405 }) },
      simulator: { answerMethod: 'POST' },
    });
    assert.deepEqual(report.problems, [
      `the answer URL ${application.answerUrl} replied with status 405 instead of 200; it was a POST [rule 1.2.1]`,
    ]);
  });
});
