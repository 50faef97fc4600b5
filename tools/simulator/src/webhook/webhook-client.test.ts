import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { RuleSettings } from '../rules/rule-settings.ts';
import { WebhookSigner } from '../signing/webhook-signer.ts';
import { type ApplicationOptions, startApplicationServer } from '../testing/application.ts';
import { type Webhook, WebhookClient } from './webhook-client.ts';

const FIELDS = {
  status: 'answered',
  rate: null,
  none: undefined,
  size: 7,
  ok: true,
  headers: { leg: 'a b' },
  list: [1],
};

async function send(
  what: Pick<Webhook, 'kind' | 'method'>,
  {
    rules = new RuleSettings(),
    signed = false,
    ...options
  }: ApplicationOptions & { rules?: RuleSettings; signed?: boolean },
) {
  await using application = await startApplicationServer(options);
  const signer = signed ? new WebhookSigner({ secret: 'made-up-signature-secret' }, rules) : undefined;
  const client = new WebhookClient(rules, {}, signer);
  const url = new URL(`${application.eventUrl}?kept=1`);
  const reply = await client.send({ ...what, url, fields: FIELDS });
  assert.equal(url.search, '?kept=1', 'the address that was given is as it was');
  return { reply, requests: application.events.all };
}

describe('a webhook', () => {
  it('by POST has its fields in a JSON body, and leaves the query as it is', async () => {
    const { requests } = await send({ kind: 'event', method: 'POST' }, {});
    const [seen] = requests;
    assert.equal(
      seen?.raw.toString(),
      '{"status":"answered","rate":null,"size":7,"ok":true,"headers":{"leg":"a b"},"list":[1]}',
    );
    assert.equal(seen?.headers['content-type'], 'application/json');
    assert.deepEqual(seen?.query, { kept: '1' });
    assert.equal(seen?.headers.authorization, undefined);
  });

  it('by GET has them in the query: nested ones as JSON text, null ones not at all', async () => {
    const { requests } = await send({ kind: 'event', method: 'GET' }, {});
    const [seen] = requests;
    const query = { kept: '1', status: 'answered', size: '7', ok: 'true', headers: '{"leg":"a b"}', list: '[1]' };
    assert.deepEqual(seen?.query, query);
    assert.deepEqual([seen?.raw.length, seen?.headers['content-type']], [0, undefined]);
  });

  it('has a token where there is a secret, the hash of which is over all that is in the query', async () => {
    const { requests } = await send({ kind: 'answer', method: 'GET' }, { signed: true });
    const token = String(requests[0]?.headers.authorization).replace(/^Bearer /, '');
    // printf '{"kept":"1","status":"answered","size":"7","ok":"true","headers":"{\\"leg\\":\\"a b\\"}","list":"[1]"}' | sha256sum
    assert.equal(decodeJwt(token).payload_hash, 'd9005d30c029a8beb05cf265e6261825d0473583d08380be587a3e42986a93fe');
  });

  it('says whether it is signed', () => {
    const rules = new RuleSettings();
    assert.equal(new WebhookClient(rules, {}, undefined).isSigning, false);
    assert.equal(new WebhookClient(rules, {}, new WebhookSigner({ secret: 'made-up' }, rules)).isSigning, true);
  });

  it('gets another try after 429, 503 and 504, and an event after 502 as well', async () => {
    for (const [kind, status, tries] of [
      ['answer', 429, 2],
      ['answer', 502, 1],
      ['answer', 503, 2],
      ['answer', 504, 2],
      ['answer', 500, 1],
      ['event', 429, 2],
      ['event', 502, 2],
      ['event', 503, 2],
      ['event', 504, 2],
      ['event', 404, 1],
    ] as const) {
      const { reply, requests } = await send({ kind, method: 'POST' }, { events: { status } });
      assert.deepEqual([reply.status, reply.attempts, requests.length], [status, tries, tries], `${kind} ${status}`);
    }
  });

  it('is tried as often as the rules say', async () => {
    const rules = new RuleSettings({ '1.3.4': '3', '1.3.5': 'always' });
    const { requests } = await send({ kind: 'answer', method: 'GET' }, { events: { status: 502 }, rules });
    assert.equal(requests.length, 3);
  });
});
