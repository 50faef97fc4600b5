import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite } from 'node:test';
import { verifySignature } from '@vonage/jwt';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { SimulatorOptions } from '../platform/options.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import type { Application, ApplicationOptions } from '../testing/application.ts';
import { finishedCall } from '../testing/finished-call.ts';
import type { SeenHead } from '../testing/http-reply.ts';
import { rule } from '../testing/rule-test.ts';
import { close } from '../testing/socket-behaviours.ts';

const SECRET = 'test-signature-secret-000000000000';
const SIGNING = { secret: SECRET, apiKey: 'k1234567', applicationId: 'aaaaaaaa-0000-4000-8000-000000000001' };

const callWith = (simulator: Partial<SimulatorOptions>, application: ApplicationOptions = {}) =>
  finishedCall({ simulator: { signing: SIGNING, ...simulator }, application });

/** A call that is connected to a socket whose endpoint asks for this authorization, and which closes it at once. */
async function upgradeWith(authorization: object | undefined, simulator: Partial<SimulatorOptions> = {}) {
  const { report, application } = await callWith(simulator, {
    answer: (_, { ncco }) => [...ncco],
    endpoint: authorization === undefined ? {} : { authorization },
    socket: close(),
  });
  return { report, upgrade: application.upgrades.all[0] ?? assert.fail() };
}

const headerOf = (request: SeenHead | undefined) => request?.headers.authorization ?? assert.fail('no header');
const tokenOf = (request: SeenHead | undefined) => headerOf(request).replace(/^Bearer /, '');
const claimsOf = (request: SeenHead | undefined) => decodeJwt(tokenOf(request));
const sha256 = (what: string | Buffer) => createHash('sha256').update(what).digest('hex');
const requestsOf = ({ requests }: Application) => requests.all;

suite('signed webhooks', { concurrency: 8 }, () => {
  rule('5.1.1', 'every webhook has a token that the official SDK takes', async () => {
    const { report, application } = await callWith({});
    assert.deepEqual([report.verdict, requestsOf(application).length], ['passed', 5]);
    for (const request of requestsOf(application)) {
      assert.match(headerOf(request), /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
      assert.equal(verifySignature(tokenOf(request), SECRET), true);
      assert.equal(verifySignature(tokenOf(request), `${SECRET}1`), false);
      assert.deepEqual(decodeProtectedHeader(tokenOf(request)), { alg: 'HS256', typ: 'JWT' });
    }
  });

  rule('5.1.1', 'without a secret there is no token', async () => {
    const { application } = await finishedCall();
    assert.ok(requestsOf(application).every(({ headers }) => headers.authorization === undefined));
  });

  rule('5.1.2', 'the claims are these, a token of its own for each webhook', async () => {
    const startSeconds = Math.floor(Date.now() / 1000);
    const { application } = await callWith({});
    for (const request of requestsOf(application)) {
      const { iat = 0, jti, payload_hash, ...rest } = claimsOf(request);
      assert.deepEqual(rest, { iss: 'Vonage', api_key: SIGNING.apiKey, application_id: SIGNING.applicationId });
      assert.ok(iat >= startSeconds && iat <= Date.now() / 1000);
      assert.match(jti ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.match(String(payload_hash), /^[0-9a-f]{64}$/);
    }
    assert.equal(new Set(requestsOf(application).map((request) => claimsOf(request).jti)).size, 5);
  });

  rule('5.1.2', 'without an application there is no `application_id`', async () => {
    const { application } = await callWith({ signing: { secret: SECRET, apiKey: 'k1234567' } });
    assert.deepEqual(Object.keys(claimsOf(requestsOf(application)[0])).sort(), [
      'api_key',
      'iat',
      'iss',
      'jti',
      'payload_hash',
    ]);
  });

  rule('5.2.3', 'text: the secret is taken as it is', async () => {
    const secret = Buffer.from(SECRET).toString('base64');
    const rules = new RuleSettings({ '5.2.3': 'text' });
    const { application } = await callWith({ signing: { secret }, rules });
    assert.equal(verifySignature(tokenOf(requestsOf(application)[0]), secret), true);
  });

  rule('5.2.3', 'base64: it is decoded', async () => {
    const secret = Buffer.from(SECRET).toString('base64');
    const rules = new RuleSettings({ '5.2.3': 'base64' });
    const { application } = await callWith({ signing: { secret }, rules });
    assert.equal(verifySignature(tokenOf(requestsOf(application)[0]), SECRET), true);
    await assert.rejects(callWith({ signing: { secret: 'not base64!' }, rules }), {
      message: 'secret: is not base64, which the setting of rule 5.2.3 takes it for',
    });
  });

  rule('5.3.1', 'it is over the bytes that came, whatever is in them', async () => {
    const { application } = await callWith(
      { answerMethod: 'POST' },
      { answer: (_, { eventUrl }) => [{ action: 'notify', payload: { text: 'é 😀 \u2028 "' }, eventUrl: [eventUrl] }] },
    );
    assert.equal(requestsOf(application).length, 6);
    for (const request of requestsOf(application)) assert.equal(claimsOf(request).payload_hash, sha256(request.raw));
  });

  for (const [rules, hashOf] of [
    [new RuleSettings({ '5.3.2': 'json' }), (query: SeenHead['query']) => sha256(JSON.stringify(query))],
    [
      new RuleSettings({ '5.3.2': 'query' }),
      (query: SeenHead['query']) => sha256(new URLSearchParams(query).toString()),
    ],
    [new RuleSettings({ '5.3.2': 'none' }), () => undefined],
  ] as const) {
    rule('5.3.2', `${rules.value('5.3.2')}: for the answer webhook, and events by GET`, async () => {
      const { application } = await callWith({ eventMethod: 'GET', rules });
      assert.equal(requestsOf(application).length, 5);
      for (const request of requestsOf(application)) {
        assert.equal(claimsOf(request).payload_hash, hashOf(request.query));
      }
    });
  }

  rule('5.3.2', 'what the URL had before is part of it', async () => {
    const { application } = await finishedCall({
      simulator: ({ answerUrl }) => ({ signing: SIGNING, answerUrl: `${answerUrl}?tenant=a+b` }),
    });
    const [asked] = requestsOf(application);
    assert.equal(asked?.query.tenant, 'a b');
    assert.equal(claimsOf(asked).payload_hash, sha256(JSON.stringify(asked?.query)));
  });
});

suite('the token of a socket', { concurrency: 8 }, () => {
  rule('5.4.1', 'is of the same kind, and the official SDK takes it', async () => {
    for (const authorization of [{ type: 'vonage' }, { type: 'vonage', value: 'Bearer passed over' }]) {
      const { upgrade } = await upgradeWith(authorization);
      assert.equal(verifySignature(tokenOf(upgrade), SECRET), true);
      const { iss, api_key, application_id } = claimsOf(upgrade);
      assert.deepEqual([iss, api_key, application_id], ['Vonage', SIGNING.apiKey, SIGNING.applicationId]);
    }
  });

  rule('5.4.1', 'is not there where the endpoint does not ask for it', async () => {
    const { upgrade } = await upgradeWith(undefined);
    assert.equal(upgrade.headers.authorization, undefined);
  });

  rule('5.4.1', 'is not there without a secret, which is worth a note', async () => {
    const { application, report } = await finishedCall({
      application: {
        answer: (_, { ncco }) => [...ncco],
        endpoint: { authorization: { type: 'vonage' } },
        socket: close(),
      },
    });
    assert.equal(application.upgrades.all[0]?.headers.authorization, undefined);
    assert.equal(
      report.notes[0],
      'without a signature secret the socket is opened without the token that its endpoint asks for [rule 5.4.1]',
    );
  });

  for (const [rules, hash] of [
    [new RuleSettings({ '5.4.2': 'no' }), undefined],
    [new RuleSettings({ '5.4.2': 'yes' }), sha256('')],
  ] as const) {
    rule('5.4.2', `${rules.value('5.4.2')}: it is ${hash ?? 'not there'}`, async () => {
      const { upgrade } = await upgradeWith({ type: 'vonage' }, { rules });
      assert.equal(claimsOf(upgrade).payload_hash, hash);
    });
  }

  rule('5.4.3', 'whatever the value is, with a secret and without', async () => {
    for (const value of ['Bearer s3cr3t-made-up', 'Basic dTpw', 'a b']) {
      const { upgrade } = await upgradeWith({ type: 'custom', value });
      assert.equal(upgrade.headers.authorization, value);
    }
    const { application } = await finishedCall({
      application: {
        answer: (_, { ncco }) => [...ncco],
        endpoint: { authorization: { type: 'custom', value: 'Bearer made-up' } },
        socket: close(),
      },
    });
    assert.equal(application.upgrades.all[0]?.headers.authorization, 'Bearer made-up');
  });
});
