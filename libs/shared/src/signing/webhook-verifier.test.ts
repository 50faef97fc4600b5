import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SIGNING, signed } from '../testing/forgeries.ts';
import { ManualClock } from '../time/clock.ts';
import { InMemorySeen } from './seen.ts';
import { WebhookVerifier } from './webhook-verifier.ts';

const rules = { secrets: [SIGNING.secret], apiKeys: [], applicationIds: [], windowSeconds: 300 };
const one = { body: Buffer.from('{"status":"answered"}') };
const other = { body: Buffer.from('{"status":"completed"}') };
const refused = (reason: string) => ({ name: 'TokenRefusedError', reason });

describe('webhooks in mode signature', () => {
  const setup = () => {
    const clock = new ManualClock(Date.now());
    const seen = new InMemorySeen({ clock });
    const replica = () => new WebhookVerifier({ ...rules, mode: 'signature' }, { nowMs: () => clock.epochMs(), seen });
    return { clock, replica };
  };

  it('go through whatever their payload_hash', async () => {
    const verifier = setup().replica();
    await verifier.verify(signed(one, { claims: { payload_hash: 'x' } }), one);
    await verifier.verify(signed(one, { claims: { payload_hash: undefined } }), one);
  });

  it('go through again with the same payload, at any replica', async () => {
    const { replica } = setup();
    const authorization = signed(one);
    for (let i = 0; i < 3; i++) await replica().verify(authorization, one);
  });

  it('do not with another payload, at any replica, for as long as the token is good', async () => {
    const { clock, replica } = setup();
    const authorization = signed(one, { claims: { iat: clock.epochMs() / 1000 + 300 } });
    await replica().verify(authorization, one);
    for (const ms of [0, 300_000, 300_000]) {
      clock.advance(ms);
      await assert.rejects(async () => replica().verify(authorization, other), refused('replayed'));
    }
    clock.advance(3000);
    await assert.rejects(async () => replica().verify(authorization, other), refused('stale'));
  });

  it('are not verified without a place to remember', () => {
    assert.throws(() => new WebhookVerifier({ ...rules, mode: 'signature' }, { nowMs: Date.now }), TypeError);
  });

  it('do not when the place does not answer', async () => {
    const away = { before: () => Promise.reject(new Error('away')) };
    const verifier = new WebhookVerifier({ ...rules, mode: 'signature' }, { nowMs: Date.now, seen: away });
    await assert.rejects(async () => verifier.verify(signed(one), one), { message: 'away' });
  });
});

describe('webhooks in mode signature+hash', () => {
  it('are verified at once, so that they stay in their order', () => {
    const verifier = new WebhookVerifier({ ...rules, mode: 'signature+hash' }, { nowMs: Date.now });
    assert.equal(verifier.verify(signed(one, { claims: { jti: 'its id' } }), one), 'its id');
  });
});
