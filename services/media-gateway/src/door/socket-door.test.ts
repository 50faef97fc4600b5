import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InMemorySeen, SocketTokens, VonageTokens } from '@kodama/shared/signing';
import { FORGERIES, memoryLogger, SIGNING, signed } from '@kodama/shared/testing';
import { ManualClock } from '@kodama/shared/time';
import { parseConversationUuid, parseLegUuid } from '@kodama/shared/voice';
import { SeenByAllGateways } from './seen-by-all-gateways.ts';
import { openDoor, tokenDoor, vonageDoor } from './socket-door.ts';

const call = { conversationUuid: parseConversationUuid('CON-1'), legUuid: parseLegUuid('leg-1') };
const refused = (reason: string) => ({ name: 'TokenRefusedError', reason });

describe('the door of our own tokens', () => {
  const setup = () => {
    const clock = new ManualClock(1_770_000_000_000);
    const nowMs = () => clock.epochMs();
    const tokens = new SocketTokens(['a-secret-of-our-own-0123456789abcdef'], { ttlSeconds: 300, nowMs });
    const seen = new InMemorySeen({ clock });
    return {
      clock,
      issue: () => `Bearer ${tokens.issue(call)}`,
      gateway: () => tokenDoor(tokens, seen, { nowMs, windowSeconds: 300 }),
    };
  };

  it('lets each token in once, at one of all gateways, and says for which call', async () => {
    const { issue, gateway } = setup();
    const [one, other] = [issue(), issue()];
    assert.deepEqual(await gateway().admit(one), { call });
    await assert.rejects(async () => gateway().admit(one), refused('replayed'));
    assert.deepEqual(await gateway().admit(other), { call });
  });

  it('knows a used token until its end, and then has no need to', async () => {
    const { clock, issue, gateway } = setup();
    const token = issue();
    await gateway().admit(token);
    clock.advance(299_999);
    await assert.rejects(async () => gateway().admit(token), refused('replayed'));
    clock.advance(1);
    await assert.rejects(async () => gateway().admit(token), refused('stale'));
  });

  it('knows a used token again in one that an answer webhook was given when it was sent once more', async () => {
    const clock = new ManualClock(1_770_000_000_000);
    const nowMs = () => clock.epochMs();
    const tokens = new SocketTokens(['a-secret-of-our-own-0123456789abcdef'], { ttlSeconds: 300, nowMs });
    const door = tokenDoor(tokens, new InMemorySeen({ clock }), { nowMs, windowSeconds: 300 });
    await door.admit(`Bearer ${tokens.issue(call, 'a webhook')}`);
    for (const ms of [0, 1000, 598_000]) {
      clock.advance(ms);
      const again = `Bearer ${tokens.issue(call, 'a webhook')}`;
      clock.advance(300_000 - 1);
      await assert.rejects(async () => door.admit(again), refused('replayed'));
      clock.advance(1 - 300_000);
    }
  });

  it('lets nobody in without one', async () => {
    const { gateway } = setup();
    await assert.rejects(async () => gateway().admit(undefined), refused('missing'));
    await assert.rejects(async () => gateway().admit('Bearer x'), refused('malformed'));
    await assert.rejects(async () => gateway().admit('x'), refused('malformed'));
  });
});

describe('the door of Vonage’s tokens', () => {
  const rules = {
    secrets: [SIGNING.secret],
    apiKeys: [SIGNING.apiKey],
    applicationIds: [SIGNING.applicationId],
    windowSeconds: 300,
  };
  const setup = () => {
    const seen = new InMemorySeen();
    return () => vonageDoor(new VonageTokens(rules, Date.now), seen, rules.windowSeconds);
  };
  const ofSocket = () => signed({ query: '' }, { claims: { payload_hash: undefined } });

  it('lets each token in once, at one of all gateways; it need not say what its payload is', async () => {
    const gateway = setup();
    const token = ofSocket();
    assert.deepEqual(await gateway().admit(token), { call: undefined });
    await assert.rejects(async () => gateway().admit(token), refused('replayed'));
    await gateway().admit(ofSocket());
    await gateway().admit(signed({ query: '' }));
  });

  for (const { what, reason, authorization } of FORGERIES.filter((forgery) => forgery.reason !== 'payload')) {
    it(`lets nobody in with ${what}: ${reason}`, async () => {
      const gateway = setup();
      await assert.rejects(async () => gateway().admit(authorization({ query: '' })), refused(reason));
    });
  }
});

describe('the open door', () => {
  it('lets in whoever comes', () => {
    assert.deepEqual(openDoor.admit(undefined), { call: undefined });
    assert.deepEqual(openDoor.admit('Bearer x'), { call: undefined });
  });
});

describe('what all gateways have seen', () => {
  it('is asked of the common place, and known here without it', async () => {
    const { logger } = memoryLogger();
    const all = new InMemorySeen();
    const gateway = () => new SeenByAllGateways(all, logger);
    const one = gateway();
    assert.equal(await one.before('a', 'used', 1000), undefined);
    assert.equal(await gateway().before('a', 'used', 1000), 'used');
    assert.equal(await one.before('a', 'used', 1000), 'used');
  });

  it('is what this gateway has seen where the common place is away, said once an outage', async () => {
    const { logger, lines } = memoryLogger();
    let isAway = true;
    const common = new InMemorySeen();
    const all = {
      before: (id: string, mark: string, forMs: number) =>
        isAway ? Promise.reject(new Error('away')) : common.before(id, mark, forMs),
    };
    const seen = new SeenByAllGateways(all, logger);
    assert.equal(await seen.before('a', 'used', 1000), undefined);
    assert.equal(await seen.before('b', 'used', 1000), undefined);
    assert.equal(await seen.before('a', 'used', 1000), 'used');
    isAway = false;
    assert.equal(await seen.before('c', 'used', 1000), undefined);
    isAway = true;
    await seen.before('d', 'used', 1000);
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['warn', 'info', 'warn'],
    );
  });

  it('does not let a caller wait for a place that does not answer', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { logger } = memoryLogger();
    const seen = new SeenByAllGateways({ before: () => new Promise(() => {}) }, logger);
    const answer = seen.before('a', 'used', 1000);
    t.mock.timers.tick(250);
    assert.equal(await answer, undefined);
  });
});
