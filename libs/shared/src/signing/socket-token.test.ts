import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import jwt from 'jsonwebtoken';
import { ManualClock } from '../time/clock.ts';
import { parseConversationUuid, parseLegUuid } from '../voice/ids.ts';
import { SocketTokens } from './socket-token.ts';

const SECRET = 'a-secret-of-our-own-0123456789abcdef';
const call = { conversationUuid: parseConversationUuid('CON-1'), legUuid: parseLegUuid('leg-1') };
const refused = (reason: string) => ({ name: 'TokenRefusedError', reason });

function setup(secrets = [SECRET]) {
  const clock = new ManualClock(1_770_000_000_000);
  const of = (its: string[]) => new SocketTokens(its, { ttlSeconds: 300, nowMs: () => clock.epochMs() });
  return { clock, tokens: of(secrets), of };
}

describe('the token of a socket', () => {
  it('says for which call it is, and until when', () => {
    const { tokens } = setup();
    const { jti, ...pass } = tokens.accept(tokens.issue(call));
    assert.match(jti, /^[0-9a-f-]{36}$/);
    assert.deepEqual(pass, { call, expiresMs: 1_770_000_300_000 });
    assert.notEqual(tokens.accept(tokens.issue(call)).jti, jti);
  });

  it('is for a call without ids, too', () => {
    const { tokens } = setup();
    const nobody = { conversationUuid: undefined, legUuid: undefined };
    assert.deepEqual(tokens.accept(tokens.issue(nobody)).call, nobody);
  });

  it('is good until its end', () => {
    const { tokens, clock } = setup();
    const token = tokens.issue(call);
    clock.advance(299_999);
    tokens.accept(token);
    clock.advance(1);
    assert.throws(() => tokens.accept(token), refused('stale'));
  });

  it('is good under any of the secrets, and made under the first', () => {
    const { of, tokens } = setup();
    const NEXT = 'the-next-secret-of-ours-0123456789abcdef';
    of([NEXT, SECRET]).accept(tokens.issue(call));
    assert.throws(() => tokens.accept(of([NEXT, SECRET]).issue(call)), refused('signature'));
  });

  it('counts as the same where the webhook is, and as another where it is not', () => {
    const { tokens, clock } = setup();
    const jtiOf = (webhookId: string) => tokens.accept(tokens.issue(call, webhookId)).jti;
    const first = jtiOf('of a webhook');
    clock.advance(60_000);
    assert.equal(jtiOf('of a webhook'), first);
    assert.notEqual(jtiOf('of another'), first);
  });

  it('is in a header, so of a few hundred characters', () => {
    const { tokens } = setup();
    const id = 'x'.repeat(128);
    const long = { conversationUuid: parseConversationUuid(id), legUuid: parseLegUuid(id) };
    assert.ok(tokens.issue(long).length < 800);
  });

  it('is none of ours with another algorithm, issuer, audience, or without an end', () => {
    const { tokens } = setup();
    const good = { iss: 'kodama', aud: 'socket', jti: 'j', iat: 1_770_000_000, exp: 1_770_000_300 };
    const made = (claims: object, algorithm: jwt.Algorithm = 'HS256') => jwt.sign(claims, SECRET, { algorithm });
    tokens.accept(made(good));
    assert.throws(() => tokens.accept(made(good, 'HS512')), refused('algorithm'));
    assert.throws(() => tokens.accept(made({ ...good, iss: 'Vonage' })), refused('issuer'));
    assert.throws(() => tokens.accept(made({ ...good, aud: 'api' })), refused('issuer'));
    const { exp, ...endless } = good;
    assert.throws(() => tokens.accept(made(endless)), refused('claims'));
    const { jti, ...nameless } = good;
    assert.throws(() => tokens.accept(made(nameless)), refused('claims'));
    for (const text of ['', 'x', 'a.b.c']) assert.throws(() => tokens.accept(text), refused('malformed'));
  });
});
