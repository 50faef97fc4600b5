import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RedisTimelineStore } from '@kodama/events/redis-timeline-store';
import { consumed, timelineStoreContract, wholeCall } from '@kodama/events/testing';
import { TimelineProjector } from '@kodama/events/timeline-projector';
import { RedisTimelineReader } from '@kodama/media-gateway/redis-timeline-reader';
import { connectRedis } from '@kodama/shared/redis';
import { memoryLogger } from '@kodama/shared/testing';
import { type Redis, startRedis } from '../support/containers.ts';
import { until } from '../support/wait.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let container: Redis;
let redis: ReturnType<typeof connectRedis>;

before(async () => {
  container = await startRedis();
  redis = connectRedis(container.url, memoryLogger().logger);
  await until(() => redis.ping(), { what: 'Redis' });
});

after(async () => {
  redis?.disconnect();
  await container?.[Symbol.asyncDispose]();
});

const storeOn = (client: typeof redis) => new RedisTimelineStore(client, { retentionMs: HOUR_MS });

timelineStoreContract('the store of timelines in Redis, as media-gateway reads it', async () => {
  const reader = new RedisTimelineReader(redis);
  return { store: storeOn(redis), find: (id) => reader.find(id) };
});

describe('a timeline in Redis', () => {
  it('stands in three kinds of keys, has nobody’s number in it, and is short', async () => {
    await redis.flushall();
    const { conversation, caller, socket, events } = wholeCall();
    const projector = new TimelineProjector(storeOn(redis));
    for (const [index, event] of events.entries()) await projector.handle(consumed(index + 1, event));
    await projector.handle(consumed(8, { uuid: 'alone', status: 'ringing' }));
    const keys = await redis.keys('*');
    assert.deepEqual(
      keys.sort(),
      [
        `kodama:timeline:${conversation}`,
        `kodama:timeline-of-leg:${caller}`,
        `kodama:timeline-of-leg:${socket}`,
        'kodama:timeline-without-call:alone',
      ].sort(),
    );
    const hash = JSON.stringify(await redis.hgetall(`kodama:timeline:${conversation}`));
    assert.doesNotMatch(hash, /1555/);
    assert.ok(hash.length < 7 * 400, hash);
  });

  it('is kept for its retention and as long as a call can last, counted from its latest event, in any order', async () => {
    const { conversation, caller, events } = wholeCall();
    const projector = new TimelineProjector(storeOn(redis));
    const old = { ...consumed(1, events[0] ?? {}), receivedAt: new Date(Date.now() - 2 * HOUR_MS) };
    const recent = { ...consumed(2, events[1] ?? {}), receivedAt: new Date(Date.now() - HOUR_MS) };
    for (const event of [old, recent, old]) await projector.handle(event);
    for (const key of [`kodama:timeline:${conversation}`, `kodama:timeline-of-leg:${caller}`]) {
      const leftMs = await redis.pttl(key);
      assert.ok(leftMs <= DAY_MS && leftMs > DAY_MS - 60_000, `${key}: ${leftMs} ms`);
    }
  });

  it('is not brought back by events that are older than that', async () => {
    const { conversation, events } = wholeCall();
    const old = { ...consumed(1, events[0] ?? {}), receivedAt: new Date(Date.now() - DAY_MS - HOUR_MS) };
    const projector = new TimelineProjector(storeOn(redis));
    await projector.handle(old);
    assert.equal(await redis.exists(`kodama:timeline:${conversation}`), 0);
    // Nor are they added to a call that is still kept: it would depend on which comes first.
    for (const event of [consumed(2, events[1] ?? {}), old]) await projector.handle(event);
    assert.equal(await redis.hlen(`kodama:timeline:${conversation}`), 1);
  });
});

describe('the store of timelines in Redis', () => {
  it('says of an entry that cannot be written that it is the entry’s fault', async () => {
    const { conversation, events } = wholeCall();
    await redis.set(`kodama:timeline:${conversation}`, 'no hash');
    await assert.rejects(new TimelineProjector(storeOn(redis)).handle(consumed(1, events[0] ?? {})), {
      name: 'HandlingError',
      message: 'Redis refuses the entry: WRONGTYPE',
    });
  });

  it('says that it is unavailable while Redis is away, and while it is full', async () => {
    const { events } = wholeCall();
    const nowhere = connectRedis('redis://127.0.0.1:1', memoryLogger().logger);
    try {
      const projector = new TimelineProjector(storeOn(nowhere));
      await assert.rejects(projector.handle(consumed(1, events[0] ?? {})), { code: 'TIMELINES_UNAVAILABLE' });
      await assert.rejects(projector.ready(), { code: 'TIMELINES_UNAVAILABLE' });
    } finally {
      nowhere.disconnect();
    }
    await redis.config('SET', 'maxmemory', '1mb');
    try {
      await assert.rejects(new TimelineProjector(storeOn(redis)).handle(consumed(1, events[0] ?? {})), {
        code: 'TIMELINES_UNAVAILABLE',
      });
    } finally {
      await redis.config('SET', 'maxmemory', '192mb');
    }
  });
});
