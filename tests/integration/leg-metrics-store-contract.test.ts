import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisLegMetricsStore } from '@kodama/media-gateway/redis-leg-metrics-store';
import {
  endedLeg,
  figuresOf,
  legMetricsStoreContract,
  openedLeg,
  type StoreOptions,
} from '@kodama/media-gateway/testing';
import { connectRedis } from '@kodama/shared/redis';
import { memoryLogger } from '@kodama/shared/testing';
import { type Redis, startRedis } from '../support/containers.ts';
import { until } from '../support/wait.ts';

const LONG = { leaseMs: 60_000, retentionMs: 60_000 };

let redis: Redis;
let connection: ReturnType<typeof connectRedis>;

before(async () => {
  redis = await startRedis();
  connection = connectRedis(redis.url, memoryLogger().logger);
  await until(() => connection.status === 'ready', { what: 'the connection to Redis' });
});

after(async () => {
  connection?.disconnect();
  await redis?.[Symbol.asyncDispose]();
});

async function setup(_t: TestContext, options: StoreOptions) {
  await connection.flushdb();
  return { store: new RedisLegMetricsStore(connection, { ...options, gatewayId: 'gateway-1' }), pass: sleep };
}

legMetricsStoreContract('RedisLegMetricsStore', setup);

describe('RedisLegMetricsStore', () => {
  it('shows the calls of every gateway, and of one that is gone as lost', async () => {
    await connection.flushdb();
    const options = { leaseMs: 800, retentionMs: 60_000 };
    const one = new RedisLegMetricsStore(connection, { ...options, gatewayId: 'one' });
    const other = new RedisLegMetricsStore(connection, { ...options, gatewayId: 'other' });
    const first = openedLeg({ gatewayId: 'one', startedAt: new Date(Date.now() - 1000).toISOString() });
    const { conversationUuid, legUuid } = first;
    const second = openedLeg({ gatewayId: 'other', conversationUuid, legUuid });
    await one.write({ opened: [first], live: [figuresOf(first)], ended: [] });
    await other.write({ opened: [second], live: [figuresOf(second)], ended: [] });
    for (const store of [one, other]) {
      const call = await store.find(String(conversationUuid));
      assert.deepEqual(
        call?.legs.map((leg) => [leg.gatewayId, leg.state]),
        [
          ['one', 'live'],
          ['other', 'live'],
        ],
      );
    }
    await sleep(850);
    await other.write({ opened: [], live: [], ended: [] });
    const call = await other.find(String(legUuid));
    assert.deepEqual(
      call?.legs.map((leg) => leg.state),
      ['lost', 'live'],
    );
    assert.equal(call?.state, 'live');
  });

  it('repeats no call of a page while which is read another one begins', async () => {
    await connection.flushdb();
    const store = new RedisLegMetricsStore(connection, { ...LONG, gatewayId: 'gateway-1' });
    const at = (ms: number) => openedLeg({ startedAt: new Date(Date.now() - 60_000 + ms).toISOString() });
    await store.write({ opened: Array.from({ length: 150 }, (_, ms) => at(ms)), ended: [] });
    const listed = connection.zrevrangebyscore.bind(connection);
    const interrupted = async (...args: unknown[]) => {
      const reply = await Reflect.apply(listed, connection, args);
      await store.write({ opened: [at(1000)], ended: [] });
      return reply;
    };
    connection.zrevrangebyscore = interrupted as typeof connection.zrevrangebyscore;
    try {
      const { calls } = await store.list({ limit: 140 });
      assert.equal(new Set(calls.map((call) => call.conversationUuid)).size, 140);
    } finally {
      connection.zrevrangebyscore = listed as typeof connection.zrevrangebyscore;
    }
  });

  it('asks for as many places as the page takes, and one more', async () => {
    await connection.flushdb();
    const store = new RedisLegMetricsStore(connection, { ...LONG, gatewayId: 'gateway-1' });
    await store.write({ opened: Array.from({ length: 20 }, () => openedLeg()), ended: [] });
    const listed = connection.zrevrangebyscore.bind(connection);
    const counts: unknown[] = [];
    const counted = (...args: unknown[]) => {
      counts.push(args.at(-1));
      return Reflect.apply(listed, connection, args);
    };
    connection.zrevrangebyscore = counted as typeof connection.zrevrangebyscore;
    try {
      assert.equal((await store.list({ limit: 3 })).calls.length, 3);
      assert.deepEqual(counts, [4]);
    } finally {
      connection.zrevrangebyscore = listed as typeof connection.zrevrangebyscore;
    }
  });

  it('takes out of the list what has outlived its record, and misses none of the rest meanwhile', async () => {
    await connection.flushdb();
    const store = new RedisLegMetricsStore(connection, { ...LONG, gatewayId: 'gateway-1' });
    const start = Date.now() - 60_000;
    // Every tenth is alive; three begin in each millisecond.
    const legs = Array.from({ length: 600 }, (_, index) =>
      openedLeg({ startedAt: new Date(start + Math.floor(index / 3)).toISOString() }),
    );
    const alive = legs.filter((_, index) => index % 10 === 0);
    await store.write({ opened: legs, ended: [] });
    const dead = legs.filter((leg) => !alive.includes(leg));
    await connection.del(...dead.map((leg) => `kodama:call:${leg.conversationUuid}`));
    // Two who read at the same time take the same places out under each other's feet.
    for (const { calls, nextCursor } of await Promise.all([store.list({ limit: 200 }), store.list({ limit: 200 })])) {
      assert.deepEqual(
        new Set(calls.map((call) => call.conversationUuid)),
        new Set(alive.map((leg) => leg.conversationUuid)),
      );
      assert.equal(nextCursor, null);
    }
    assert.equal(await connection.zcard('kodama:calls'), alive.length);
  });

  it('leaves nothing in Redis that does not expire, but for the list, which it prunes', async () => {
    await connection.flushdb();
    const store = new RedisLegMetricsStore(connection, { leaseMs: 800, retentionMs: 800, gatewayId: 'gateway-1' });
    const legs = Array.from({ length: 3 }, () => openedLeg());
    const ancient = openedLeg({ startedAt: '2020-01-01T00:00:00.000Z' });
    await store.write({ opened: [...legs, ancient], live: legs.map((leg) => figuresOf(leg)), ended: [] });
    await store.write({ opened: [], live: [], ended: legs.map((leg) => endedLeg(leg)) });
    const expiring = async () => {
      const keys = await connection.keys('*');
      const left = await Promise.all(keys.map(async (key) => [key, await connection.pttl(key)] as const));
      return left.filter(([key]) => key !== 'kodama:calls');
    };
    for (const [key, ms] of await expiring()) assert.ok(ms > 0 || (await hasExpiringFields(key)), `${key} expires`);
    assert.equal(await connection.zscore('kodama:calls', String(ancient.conversationUuid)), null);
    assert.equal(await connection.hlen('kodama:gateway:gateway-1:legs'), 0, 'an ended leg is no live one');
    const calls = legs.map((leg) => `kodama:call:${leg.conversationUuid}`);
    await until(async () => (await connection.exists(...calls)) === 0, { what: 'the ended calls to go' });
  });

  it('makes one round trip of four commands for any number of live legs', async () => {
    await connection.flushdb();
    const store = new RedisLegMetricsStore(connection, { ...LONG, gatewayId: 'gateway-1' });
    const legs = Array.from({ length: 1000 }, () => openedLeg());
    await store.write({ opened: legs, ended: [] });
    const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await connection.info('stats'))?.[1]);
    const before = await commands();
    await store.write({ opened: [], live: legs.map((leg) => figuresOf(leg)), ended: [] });
    // The question itself is one.
    assert.equal((await commands()) - before - 1, 4);
  });

  it('says that the store is not available when Redis refuses a command, and when there is none', async () => {
    await connection.flushdb();
    const store = new RedisLegMetricsStore(connection, { ...LONG, gatewayId: 'gateway-1' });
    const unavailable = { code: 'STORE_UNAVAILABLE', kind: 'unavailable' };
    await connection.set('kodama:calls', 'not a sorted set');
    await assert.rejects(store.write({ opened: [openedLeg()], ended: [] }), unavailable);
    await assert.rejects(store.list({ limit: 1 }), unavailable);

    const nowhere = connectRedis('redis://127.0.0.1:1', memoryLogger().logger);
    const away = new RedisLegMetricsStore(nowhere, { ...LONG, gatewayId: 'gateway-1' });
    const before = performance.now();
    await assert.rejects(away.write({ opened: [openedLeg()], ended: [] }), unavailable);
    await assert.rejects(away.list({ limit: 1 }), unavailable);
    await assert.rejects(away.find('x'), unavailable);
    assert.ok(performance.now() - before < 500, 'at once');
    nowhere.disconnect();
  });
});

async function hasExpiringFields(key: string): Promise<boolean> {
  const fields = await connection.hkeys(key);
  const left = (await connection.hpttl(key, 'FIELDS', fields.length, ...fields)) as number[];
  return left.every((ms) => ms > 0);
}
