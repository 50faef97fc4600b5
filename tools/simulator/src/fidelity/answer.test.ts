import assert from 'node:assert/strict';
import { suite } from 'node:test';
import type { CallReport } from '../call/call-report.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import type { ApplicationOptions } from '../testing/application.ts';
import { type FinishedCallOptions, finishedCall, TALK } from '../testing/finished-call.ts';
import { rule } from '../testing/rule-test.ts';

const NCCO = [TALK];

/** A call whose answer webhook is replied to so. */
async function callTo(answer: ApplicationOptions['answer'] = NCCO, options: FinishedCallOptions = {}) {
  const { report, application } = await finishedCall({
    ...options,
    application: { ...options.application, answer },
  });
  const { answers, events, origin } = application;
  return { report, asked: answers.all, question: answers.all[0] ?? assert.fail(), told: events.all, origin };
}

const names = ({ events }: CallReport) => events.map(({ name }) => name);
const WHOLE_CALL = ['started', 'ringing', 'answered', 'completed'];

suite('the question to the answer URL', { concurrency: 8 }, () => {
  rule('1.1.1', 'a GET has the fields in its query', async () => {
    const { question, report } = await callTo();
    assert.deepEqual([question.method, question.raw.length], ['GET', 0]);
    assert.equal(question.query.uuid, report.legUuid);
    assert.deepEqual([report.verdict, names(report)], ['passed', WHOLE_CALL]);
  });

  rule('1.1.1', 'a POST has them in a JSON object', async () => {
    const { question, report } = await callTo(NCCO, { simulator: { answerMethod: 'POST' } });
    assert.deepEqual([question.method, question.query], ['POST', {}]);
    assert.equal(question.headers['content-type'], 'application/json');
    assert.equal(question.fields.uuid, report.legUuid);
    assert.equal(report.verdict, 'passed');
  });

  for (const answerMethod of ['GET', 'POST'] as const) {
    rule('1.1.2', `they are those of a telephone call, by ${answerMethod}`, async () => {
      const { question, report } = await callTo(NCCO, { simulator: { answerMethod } });
      assert.deepEqual(question.fields, {
        to: '12025550123',
        endpoint_type: 'phone',
        from: '14155550177',
        conversation_uuid: report.conversationUuid,
        uuid: report.legUuid,
        region_url: 'https://api-us-3.vonage.com',
      });
    });
  }

  rule('1.1.3', 'a caller who does not show who he is has no `from`, here and in the events', async () => {
    const { question, told } = await callTo(NCCO, { call: { from: null } });
    assert.ok(!('from' in question.query));
    assert.equal(told.length, 4);
    assert.ok(told.every(({ fields }) => !('from' in fields)));
  });

  rule('1.1.3', '`from` is a word', async () => {
    const { question } = await callTo(NCCO, { call: { from: 'anonymous' } });
    assert.equal(question.query.from, 'anonymous');
  });

  rule('1.1.3', '`from_user` stands in its place, and the endpoint is an app', async () => {
    const { question } = await callTo(NCCO, { call: { answerFields: { from_user: 'agent-seven' } } });
    const { from, from_user, endpoint_type } = question.query;
    assert.deepEqual([from, from_user, endpoint_type], [undefined, 'agent-seven', 'app']);
  });

  const CUSTOM = { from_user: 'agent-seven', custom_data: { ticket: 'A-19' }, 'SipHeader_X-Tenant': '7' };

  rule('1.1.4', 'by GET `custom_data` is JSON text', async () => {
    const { question } = await callTo(NCCO, { call: { answerFields: CUSTOM } });
    assert.deepEqual([question.query.custom_data, question.query['SipHeader_X-Tenant']], ['{"ticket":"A-19"}', '7']);
  });

  rule('1.1.4', 'by POST it is an object', async () => {
    const answerFields = { ...CUSTOM, 'SipHeader_User-to-User': '56a390f3d2b7310023a;encoding=hex' };
    const { question } = await callTo(NCCO, { call: { answerFields }, simulator: { answerMethod: 'POST' } });
    assert.deepEqual(question.fields.custom_data, { ticket: 'A-19' });
    assert.equal(question.fields['SipHeader_User-to-User'], '56a390f3d2b7310023a;encoding=hex');
  });

  rule('1.1.4', 'a header that is kept back cannot be asked for', async () => {
    const answerFields = { 'SipHeader_X-Nexmo-Id': '1' };
    await assert.rejects(callTo(NCCO, { call: { answerFields } }), { message: /SipHeader_X-Nexmo-Id is one that/ });
  });

  rule('1.1.5', 'the leg has 32 hexadecimal digits, and the conversation its prefix', async () => {
    const { question } = await callTo();
    assert.match(question.query.uuid ?? '', /^[0-9a-f]{32}$/);
    assert.match(question.query.conversation_uuid ?? '', /^CON-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  rule('1.1.5', 'any other id may be asked for, and is the one of the events', async () => {
    const { question, told } = await callTo(NCCO, { call: { ids: { legUuid: 'Leg 7/opaque' } } });
    assert.equal(question.query.uuid, 'Leg 7/opaque');
    assert.ok(told.every(({ fields }) => fields.uuid === 'Leg 7/opaque'));
  });
});

suite('the reply of the answer URL', { concurrency: 8 }, () => {
  for (const status of [201, 204, 404, 500]) {
    rule('1.2.1', `${status} leaves the call without an answer, and nothing is told of it`, async () => {
      const { report, origin, asked } = await callTo({ status, json: NCCO });
      const hint = status === 404 ? '; it was a GET' : '';
      assert.deepEqual(report.problems, [
        `the answer URL ${origin}/webhooks/answer replied with status ${status} instead of 200${hint} [rule 1.2.1]`,
      ]);
      assert.deepEqual([report.failureCode, report.eventsSent, asked.length], ['BAD_STATUS', 0, 1]);
    });
  }

  rule('1.2.2', 'a charset does no harm', async () => {
    const { report } = await callTo({ json: NCCO, contentType: 'application/json; charset=utf-8' });
    assert.equal(report.verdict, 'passed');
  });

  for (const contentType of ['text/html', 'application/xml', 'text/json']) {
    rule('1.2.2', `${contentType} is refused at the first try, and told of by an error event`, async () => {
      const { report, asked, told } = await callTo({ json: NCCO, contentType });
      const sentence = `the answer URL: the content type of the reply is ${contentType} instead of application/json`;
      assert.deepEqual(report.problems, [`${sentence} [rule 1.2.2]`]);
      assert.deepEqual([report.failureCode, asked.length], ['BAD_CONTENT_TYPE', 1]);
      assert.deepEqual(
        told.map(({ fields }) => fields.reason),
        [sentence],
      );
    });
  }

  rule('1.2.3', 'an action outside an array is refused', async () => {
    const { report, asked } = await callTo({ json: NCCO[0] });
    assert.deepEqual(report.problems, [
      'the answer URL: the NCCO cannot be carried out [rule 1.4.1]',
      'the NCCO: an object is not an array of actions [rule 2.0.1]',
    ]);
    assert.deepEqual([report.failureCode, asked.length], ['BAD_NCCO', 1]);
  });

  rule('1.2.3', 'a text that is no JSON is refused, with the place of the mistake', async () => {
    const { report } = await callTo({ body: "[{'action':'talk'}]" });
    assert.match(report.problems[1] ?? '', /^the NCCO: a text with "'" at line 1, column 3 is not JSON: /);
    assert.equal(report.failureCode, 'BAD_NCCO');
  });

  rule('1.2.4', 'ends: the call is answered and over', async () => {
    const { report } = await callTo([], { simulator: { rules: new RuleSettings({ '1.2.4': 'ends' }) } });
    assert.deepEqual([report.verdict, report.notes, names(report)], ['passed', [], WHOLE_CALL]);
  });

  rule('1.2.4', 'error: it is refused', async () => {
    const { report } = await callTo([], { simulator: { rules: new RuleSettings({ '1.2.4': 'error' }) } });
    assert.equal(report.problems[1], 'the NCCO: has no action [rule 1.2.4]');
    assert.deepEqual(names(report), ['error']);
  });

  rule('1.4.1', 'the error event is the only one, and says what is wrong', async () => {
    const { report, told } = await callTo([{ action: 'talk' }]);
    const [error] = told;
    assert.deepEqual(
      [told.length, Object.keys(error?.fields ?? {}).sort()],
      [1, ['conversation_uuid', 'reason', 'timestamp']],
    );
    assert.equal(error?.fields.conversation_uuid, report.conversationUuid);
    assert.match(
      String(error?.fields.reason),
      /^the answer URL: the NCCO cannot be carried out; \[0\]\.text: is missing/,
    );
    assert.deepEqual([report.verdict, report.failureCode], ['failed', 'BAD_NCCO']);
  });

  rule('1.4.1', 'of many mistakes the error event tells the first five', async () => {
    const reasonOf = async (ncco: readonly unknown[]) => String((await callTo(ncco)).told[0]?.fields.reason);
    const zero = (index: number) => `[${index}]: 0 is not an object [rule 2.0.1]`;
    const five = ['the answer URL: the NCCO cannot be carried out', ...[0, 1, 2, 3, 4].map(zero)].join('; ');
    assert.equal(await reasonOf(Array(5).fill(0)), five);
    assert.equal(await reasonOf(Array(7).fill(0)), `${five}; and 2 more`);
  });

  rule('1.4.1', 'a fallback URL with a valid NCCO saves the call', async () => {
    const { report, told } = await callTo([{ action: 'sing' }], {
      application: { fallback: NCCO },
      simulator: ({ fallbackUrl }) => ({ fallbackUrl }),
    });
    assert.deepEqual(
      told.map(({ fields }) => fields.status),
      [undefined, ...WHOLE_CALL],
    );
    assert.match(report.problems.join('\n'), /^the answer URL: the NCCO cannot .*\n\[0\]\.action: "sing" is not /);
    assert.deepEqual([report.verdict, report.failureCode], ['failed', null]);
  });
});
