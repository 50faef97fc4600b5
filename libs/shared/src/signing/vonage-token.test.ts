import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verifySignature } from '@vonage/jwt';
import fc from 'fast-check';
import { FORGERIES, SIGNING, signed } from '../testing/forgeries.ts';
import { bearerToken } from './bearer.ts';
import type { SignedPayload } from './payload-hash.ts';
import { type RefusalReason, TokenRefusedError } from './refusal.ts';
import { type VonageTokenRules, VonageTokens } from './vonage-token.ts';
import { WebhookVerifier } from './webhook-verifier.ts';

/** The invented token of the fact sheet: for the body `{"status":"started","uuid":"u1"}`, made at 1 770 000 000. */
const VECTOR =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3NzAwMDAwMDAsImp0aSI6IjExMTExMTExLTIyMjItNDMzMy04NDQ0LTU1NTU1NTU1NTU1NSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6ImJjNGNiNjk0ZmIyN2E3YjY4YTgzMzBjY2Q3YjY4MmM5M2Y1NDE4NzcwMzg1ZGQyZDg5OTIzNjZkYzUyMWMxMWQiLCJhcGlfa2V5IjoiazEyMzQ1NjciLCJhcHBsaWNhdGlvbl9pZCI6ImFhYWFhYWFhLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSJ9.Io0Wh9BebkOduzTa62whjQElBPx0MWPSXiVC6vUIovI';
const VECTOR_BODY = Buffer.from('{"status":"started","uuid":"u1"}');
const VECTOR_MS = 1_770_000_000_000;

const rules: VonageTokenRules = {
  secrets: [SIGNING.secret],
  apiKeys: [SIGNING.apiKey],
  applicationIds: [SIGNING.applicationId],
  windowSeconds: 300,
};
const body: SignedPayload = { body: Buffer.from('{"status":"answered","uuid":"u1"}') };
const query: SignedPayload = { query: 'to=12025550123&from=14155550177&uuid=u1' };

function reasonOf(work: () => unknown): RefusalReason | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof TokenRefusedError, String(error));
    return error.reason;
  }
}

const at = (nowMs: number, changed: Partial<VonageTokenRules> = {}) =>
  new VonageTokens({ ...rules, ...changed }, () => nowMs);

describe('a token of Vonage’s', () => {
  it('is accepted, and says its id and its payload', () => {
    assert.deepEqual(at(VECTOR_MS).accept(VECTOR), {
      jti: '11111111-2222-4333-8444-555555555555',
      payloadHash: 'bc4cb694fb27a7b68a8330ccd7b682c93f5418770385dd2d8992366dc521c11d',
    });
  });

  it('is one to the official SDK, too', () => {
    const token = bearerToken(signed(body));
    assert.equal(verifySignature(token, SIGNING.secret), true);
    assert.equal(verifySignature(VECTOR, SIGNING.secret), true);
    at(Date.now()).accept(token);
  });

  it('is good for as long as the window is, at both ends, and not beyond', () => {
    for (const [seconds, reason] of [
      [-300, undefined],
      [300, undefined],
      [-301, 'future'],
      [301, 'stale'],
    ] as const) {
      assert.equal(
        reasonOf(() => at(VECTOR_MS + seconds * 1000).accept(VECTOR)),
        reason,
        `${seconds} s`,
      );
    }
  });

  it('is good under any of the secrets', () => {
    const tokens = at(VECTOR_MS, { secrets: ['another-secret-1', SIGNING.secret, 'another-secret-2'] });
    tokens.accept(VECTOR);
    assert.equal(
      reasonOf(() => at(VECTOR_MS, { secrets: ['another-secret-1', 'another-secret-2'] }).accept(VECTOR)),
      'signature',
    );
  });

  it('may be of any account and application where none is named', () => {
    const claims = { api_key: 'k7654321', application_id: undefined };
    at(Date.now(), { apiKeys: [], applicationIds: [] }).accept(bearerToken(signed(body, { claims })));
  });

  it('need not name an application, where it is of the account', () => {
    at(Date.now()).accept(bearerToken(signed(body, { claims: { application_id: undefined } })));
  });
});

describe('a signed webhook', () => {
  const verifier = new WebhookVerifier({ ...rules, mode: 'signature+hash' }, { nowMs: Date.now });

  it('goes through by POST and by GET, whatever the case of its scheme', () => {
    for (const payload of [body, query]) {
      assert.match(String(verifier.verify(signed(payload), payload)), /^[0-9a-f-]{36}$/);
      assert.equal(typeof verifier.verify(signed(payload).replace('Bearer', 'bEARER'), payload), 'string');
    }
    const then = new WebhookVerifier({ ...rules, mode: 'signature+hash' }, { nowMs: () => VECTOR_MS });
    assert.equal(then.verify(`Bearer ${VECTOR}`, { body: VECTOR_BODY }), '11111111-2222-4333-8444-555555555555');
  });

  for (const { what, reason, authorization } of FORGERIES) {
    it(`does not with ${what}: ${reason}`, () => {
      for (const payload of [body, query]) {
        assert.equal(
          reasonOf(() => verifier.verify(authorization(payload), payload)),
          reason,
        );
      }
    });
  }

  it('does not with one byte changed, wherever it is', () => {
    const bytes = Buffer.from('{"status":"answered","uuid":"u1"}');
    const authorization = signed({ body: bytes });
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      assert.equal(
        reasonOf(() => verifier.verify(authorization, { body: changed })),
        'payload',
      );
    }
    assert.equal(
      reasonOf(() => verifier.verify(authorization, { body: Buffer.concat([bytes, Buffer.from(' ')]) })),
      'payload',
    );
  });

  it('does not with a parameter that comes twice: the hash says nothing of the other', () => {
    const authorization = signed({ query: 'uuid=u1&status=answered' });
    for (const forged of ['uuid=u2&uuid=u1&status=answered', 'uuid=u1&status=busy&status=answered']) {
      assert.equal(
        reasonOf(() => verifier.verify(authorization, { query: forged })),
        'payload',
      );
    }
  });

  it('does not as a GET whose query is the body of the POST that was signed', () => {
    const text = '{"uuid":"u1","text":"x&status=completed&uuid=u2"}';
    const authorization = signed({ body: Buffer.from(text) });
    for (const query of [text, encodeURI(text)]) {
      assert.equal(
        reasonOf(() => verifier.verify(authorization, { query })),
        'payload',
      );
    }
  });

  it('gives an error of no other kind, whatever the token', () => {
    const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
    const none = Buffer.from('{"alg":"HS256"}').toString('base64url');
    for (const claims of ['a text of a stranger', '5', 'null', '[]', '"x"', '{"iat":1e999}', '']) {
      const token = `Bearer ${header}.${Buffer.from(claims).toString('base64url')}.x`;
      const error = reasonOf(() => verifier.verify(token, body));
      assert.ok(error === 'malformed' || error === 'signature', claims);
      assert.ok(reasonOf(() => verifier.verify(`Bearer ${none}.${claims}.`, body)));
    }
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => void reasonOf(() => verifier.verify(`Bearer ${text}`, body)),
      ),
    );
  });

  it('says nothing of the secret in its error', () => {
    assert.throws(
      () => verifier.verify(signed(body, { secret: 'another-secret' }), body),
      (error: Error) => error.message === 'token refused: signature' && error.cause === undefined,
    );
  });
});
