import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { verifySignature } from '@vonage/jwt';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { RuleSettings } from '../rules/rule-settings.ts';
import { WebhookSigner, type WebhookSignerOptions } from './webhook-signer.ts';

const SECRET = 'test-signature-secret-000000000000';
const BODY = Buffer.from('{"status":"started","uuid":"u1"}');
const BODY_HASH = 'bc4cb694fb27a7b68a8330ccd7b682c93f5418770385dd2d8992366dc521c11d';
const QUERY_JSON_HASH = '28609bc83df85fa45996952a03efc8a5ea5d24510f97587b8ec7efe3721ea492';
const VECTOR =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3NzAwMDAwMDAsImp0aSI6IjExMTExMTExLTIyMjItNDMzMy04NDQ0LTU1NTU1NTU1NTU1NSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6ImJjNGNiNjk0ZmIyN2E3YjY4YTgzMzBjY2Q3YjY4MmM5M2Y1NDE4NzcwMzg1ZGQyZDg5OTIzNjZkYzUyMWMxMWQiLCJhcGlfa2V5IjoiazEyMzQ1NjciLCJhcHBsaWNhdGlvbl9pZCI6ImFhYWFhYWFhLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSJ9.Io0Wh9BebkOduzTa62whjQElBPx0MWPSXiVC6vUIovI';

const vectorOptions = {
  secret: SECRET,
  apiKey: 'k1234567',
  applicationId: 'aaaaaaaa-0000-4000-8000-000000000001',
  clock: () => 1_770_000_000_999,
  jti: () => '11111111-2222-4333-8444-555555555555',
};

const signer = (options: Partial<WebhookSignerOptions> = {}, rules = new RuleSettings()) =>
  new WebhookSigner({ ...vectorOptions, ...options }, rules);

const tokenOf = (header: string) => header.replace(/^Bearer /, '');
const hashOf = async (header: Promise<string>) => decodeJwt(tokenOf(await header)).payload_hash;

describe('WebhookSigner, tokens', () => {
  it('5.2.1 signs a known body to the known token, byte for byte', async () => {
    assert.equal(await signer().forWebhook({ body: BODY }), `Bearer ${VECTOR}`);
  });

  it('5.2.1 has the header of a JWT under HS256', async () => {
    const token = tokenOf(await signer().forWebhook({ body: BODY }));
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'HS256', typ: 'JWT' });
  });

  it('5.2.2 leaves out whose token it is where that is not given, and makes up id and time', async () => {
    const before = Math.floor(Date.now() / 1000);
    const own = new WebhookSigner({ secret: SECRET }, new RuleSettings());
    const claims = decodeJwt(tokenOf(await own.forWebhook({ body: BODY })));
    assert.deepEqual(Object.keys(claims), ['iat', 'jti', 'iss', 'payload_hash']);
    assert.ok((claims.iat ?? 0) >= before && (claims.iat ?? 0) <= Date.now() / 1000);
    assert.match(claims.jti ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const next = decodeJwt(tokenOf(await own.forWebhook({ body: BODY })));
    assert.notEqual(next.jti, claims.jti);
  });

  it('5.2.3 signs with the secret as text, and the official SDK accepts that', async () => {
    const token = tokenOf(await signer().forWebhook({ body: BODY }));
    assert.equal(verifySignature(token, SECRET), true);
    assert.equal(verifySignature(token, `${SECRET}x`), false);
  });

  it('5.2.3 signs with the bytes that the secret stands for where base64 is set', async () => {
    const rules = new RuleSettings({ '5.2.3': 'base64' });
    const secret = Buffer.from(SECRET).toString('base64');
    const token = tokenOf(await signer({ secret }, rules).forWebhook({ body: BODY }));
    assert.equal(token, VECTOR);
    assert.equal(verifySignature(token, secret), false);
  });

  it('5.2.3 signs with a secret of one character too', async () => {
    assert.equal(verifySignature(tokenOf(await signer({ secret: 's' }).forSocket()), 's'), true);
  });
});

describe('WebhookSigner, payload_hash', () => {
  const query = new URLSearchParams('to=12025550123&from=14155550177&uuid=u1');

  it('5.3.1 is over the exact bytes of a body', async () => {
    assert.equal(await hashOf(signer().forWebhook({ body: BODY })), BODY_HASH);
    const spaced = Buffer.from('{"status": "started","uuid":"u1"}');
    assert.notEqual(await hashOf(signer().forWebhook({ body: spaced })), BODY_HASH);
  });

  it('5.3.2 json: is over the parameters of a GET as compact JSON', async () => {
    assert.equal(await hashOf(signer().forWebhook({ query })), QUERY_JSON_HASH);
  });

  it('5.3.2 json: keeps the order of the URL, and decodes', async () => {
    // printf '{"b":"a c","1":"\xc3\xa9"}' | sha256sum
    const odd = new URLSearchParams('b=a+c&1=%C3%A9');
    assert.equal(
      await hashOf(signer().forWebhook({ query: odd })),
      'b76d16894d51f352b5530d0219bed251bf21cdcfe4da271888334444b8d3168b',
    );
  });

  it('5.3.2 query: is over the query string', async () => {
    // printf 'to=12025550123&from=14155550177&uuid=u1' | sha256sum
    const rules = new RuleSettings({ '5.3.2': 'query' });
    assert.equal(
      await hashOf(signer({}, rules).forWebhook({ query })),
      '9b0fac93479721b33fe354ed139c2443abaf75d698dbe10ddd587a24f7e197e9',
    );
  });

  it('5.3.2 none: a GET has none, a POST still has one', async () => {
    const rules = new RuleSettings({ '5.3.2': 'none' });
    assert.equal(await hashOf(signer({}, rules).forWebhook({ query })), undefined);
    assert.equal(await hashOf(signer({}, rules).forWebhook({ body: BODY })), BODY_HASH);
  });

  it('5.4.2 no: the token of a socket has none, and is of the same kind', async () => {
    const header = await signer().forSocket();
    const { payload_hash, ...claims } = decodeJwt(tokenOf(header));
    assert.equal(payload_hash, undefined);
    const { payload_hash: _, ...webhookClaims } = decodeJwt(VECTOR);
    assert.deepEqual(claims, webhookClaims);
    assert.equal(verifySignature(tokenOf(header), SECRET), true);
  });

  it('5.4.2 yes: it is the hash of nothing', async () => {
    const rules = new RuleSettings({ '5.4.2': 'yes' });
    assert.equal(
      await hashOf(signer({}, rules).forSocket()),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });
});

describe('WebhookSigner, its secret', () => {
  it('shows in no text of the object', () => {
    const holder = signer();
    const texts = [
      inspect(holder, { showHidden: true, depth: null, getters: true }),
      JSON.stringify(holder),
      String(holder),
      JSON.stringify(Object.getOwnPropertyDescriptors(holder)),
    ];
    for (const text of texts) {
      assert.ok(!text.includes(SECRET), text);
      assert.ok(!text.includes(Buffer.from(SECRET).toString('hex')), text);
    }
  });

  it('shows in no error', () => {
    const rules = new RuleSettings({ '5.2.3': 'base64' });
    for (const secret of ['not base64: 1234', 'a', 'abcd=efg']) {
      assert.throws(
        () => signer({ secret }, rules),
        (error: Error) => {
          assert.equal(error.message, 'secret: is not base64, which the setting of rule 5.2.3 takes it for');
          assert.ok(secret === 'a' || !inspect(error).includes(secret));
          return true;
        },
      );
    }
    assert.throws(() => signer({ secret: '' }), { name: 'TypeError', message: /^secret: is empty/ });
  });
});
