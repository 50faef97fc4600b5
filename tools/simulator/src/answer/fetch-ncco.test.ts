import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { WebhookSigner } from '../signing/webhook-signer.ts';
import { type Application, type ApplicationOptions, startApplicationServer } from '../testing/application.ts';
import { inTurn } from '../testing/http-reply.ts';
import { WebhookClient } from '../webhook/webhook-client.ts';
import { AnswerError } from './answer-error.ts';
import { checkActions, fetchNcco, type NccoAnswer } from './fetch-ncco.ts';

const RULES = new RuleSettings();
const TALK = { action: 'talk', text: 'Hello' };

interface Outcome {
  readonly answer: NccoAnswer | undefined;
  readonly error: AnswerError | undefined;
  readonly application: Application;
}

async function ask(
  reply: ApplicationOptions['answer'],
  {
    rules = RULES,
    signed = false,
    method = 'GET' as 'GET' | 'POST',
    signal = undefined as AbortSignal | undefined,
  } = {},
): Promise<Outcome> {
  await using application = await startApplicationServer(reply === undefined ? {} : { answer: reply });
  const signer = signed ? new WebhookSigner({ secret: 'made-up' }, rules) : undefined;
  const client = new WebhookClient(rules, { answerMs: 1000 }, signer);
  const url = new URL(`${application.answerUrl}?key=hidden`);
  try {
    const question = { url, method, fields: { to: '1' }, what: 'the answer URL', signal };
    return { answer: await fetchNcco(question, client, rules), error: undefined, application };
  } catch (error) {
    assert.ok(error instanceof AnswerError);
    return { answer: undefined, error, application };
  }
}

/** Code, rule and sentence. */
const told = ({ error }: Outcome) => [error?.code, error?.rule, error?.message];

suite('fetchNcco', { concurrency: 8 }, () => {
  test('hands back the actions with their defaults, and what is worth a note', async () => {
    const { answer } = await ask({ json: [{ ...TALK, loop: '2' }], contentType: 'Application/JSON; charset=utf-8' });
    assert.deepEqual([answer?.attempts, answer?.actions.length], [1, 1]);
    assert.equal(answer?.actions[0]?.action, 'talk');
    assert.match(answer?.notes.join('\n') ?? '', /^\[0\]\.loop: /);
  });

  test('counts the tries', async () => {
    const { answer } = await ask(inTurn({ status: 503 }, [TALK]));
    assert.equal(answer?.attempts, 2);
  });

  test('any status but 200 is a fault, whatever the body', async () => {
    for (const status of [201, 204, 206, 400, 500]) {
      const outcome = await ask({ status, json: [TALK] });
      const sentence = `the answer URL ${outcome.application.answerUrl} replied with status ${status} instead of 200`;
      assert.deepEqual(told(outcome), ['BAD_STATUS', '1.2.1', sentence]);
      assert.equal(outcome.error?.isInvalidNcco, false);
    }
  });

  test('a status that is tried again has its tries told, and others what is known of them', async () => {
    for (const [status, ending, options] of [
      [503, ' (2 tries)', {}],
      [307, '; a redirect is not followed', {}],
      [401, '; it had no token, as the simulator was given no signature secret', {}],
      [403, '; its token was in the Authorization header, as Bearer, and nowhere else', { signed: true }],
      [405, '; it was a GET', {}],
      [404, '; it was a POST', { method: 'POST' }],
    ] as const) {
      const { error } = await ask({ status }, options);
      assert.ok(error?.message.endsWith(`status ${status} instead of 200${ending}`), error?.message);
    }
  });

  test('another content type is a fault, or none at all', async () => {
    for (const [contentType, found] of [
      ['text/html; charset=utf-8', 'text/html; charset=utf-8'],
      ['application/jsonp', 'application/jsonp'],
      ['', 'none'],
    ] as const) {
      const outcome = await ask({ contentType, json: [TALK] });
      assert.deepEqual(told(outcome), [
        'BAD_CONTENT_TYPE',
        '1.2.2',
        `the answer URL: the content type of the reply is ${found} instead of application/json`,
      ]);
      assert.equal(outcome.error?.isInvalidNcco, true);
    }
  });

  test('what is no JSON is a fault, with the place of the mistake', async () => {
    const { error } = await ask({ body: '[{"action":"talk",}]' });
    assert.deepEqual(
      [error?.code, error?.message, error?.complaints.length, error?.isInvalidNcco],
      ['BAD_NCCO', 'the answer URL: the NCCO cannot be carried out', 1, true],
    );
    assert.match(
      error?.complaints[0] ?? '',
      /^the NCCO: a text with "}" at line 1, column 19 is not JSON: .*\[rule 2\.0\.1\]$/,
    );
  });

  test('each mistake of the NCCO is a complaint', async () => {
    const outcome = await ask([{ ...TALK, level: 2 }, { action: 'sing' }]);
    assert.deepEqual([outcome.error?.code, outcome.error?.rule], ['BAD_NCCO', '1.4.1']);
    assert.match(outcome.error?.complaints.join('\n') ?? '', /^\[0\]\.level: 2 .*\n\[1\]\.action: "sing" /);
  });

  test('an empty array is an NCCO without actions, or a fault', async () => {
    assert.deepEqual((await ask([])).answer?.actions, []);
    const { error } = await ask([], { rules: new RuleSettings({ '1.2.4': 'error' }) });
    assert.deepEqual([error?.code, error?.complaints], ['BAD_NCCO', ['the NCCO: has no action [rule 1.2.4]']]);
  });

  test('no reply is a fault, of the rule that it broke', async () => {
    const slow = await ask('no-reply');
    const sentence = `the answer URL: no complete reply from ${slow.application.origin} within 1000 ms (2 tries)`;
    assert.deepEqual(told(slow), ['REPLY_TIMEOUT', '1.3.3', sentence]);
    const reset = await ask('hang-up');
    const closed = `${reset.application.origin} closed the connection before its reply was complete`;
    assert.deepEqual(told(reset), ['CONNECTION_RESET', '1.3.4', `the answer URL: ${closed} (2 tries)`]);
    const hungUp = await ask('no-reply', { signal: AbortSignal.abort() });
    assert.equal(hungUp.error?.code, 'HUNG_UP');
    assert.ok(hungUp.error?.cause instanceof Error);
  });
});

suite('checkActions', () => {
  test('checks a document that was parsed already', () => {
    assert.equal(checkActions([TALK], RULES, 'the transfer').actions.length, 1);
    assert.throws(() => checkActions({ ncco: [TALK] }, RULES, 'the transfer'), {
      name: 'AnswerError',
      message: 'the transfer: the NCCO cannot be carried out',
      complaints: ['the NCCO: an object is not an array of actions [rule 2.0.1]'],
    });
  });
});
