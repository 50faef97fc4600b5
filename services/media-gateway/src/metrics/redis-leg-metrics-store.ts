import { LONGEST_CALL_MS } from '@kodama/shared/timeline';
import type { ChainableCommander, Redis } from 'ioredis';
import {
  type Call,
  type CallPage,
  type CallReader,
  encodeCursor,
  isBehind,
  joinLegs,
  type LegBatch,
  type LegMetricsStore,
  type LegView,
  MAX_SOCKETS_OF_CALL,
  type PageCursor,
} from './leg-metrics-store.ts';
import { callKeyOf, type LegRecord, type LiveFigures } from './leg-record.ts';
import { answerOf } from './store-answer.ts';
import { StoreUnavailableError } from './store-unavailable-error.ts';

/**
 * Keys, all of which expire by themselves:
 *
 * - `kodama:call:<callKey>` hash, socketId -> record: a call's legs, each as it was when it opened or, later, ended, and
 *   each with an expiry of its own (HPEXPIRE, Redis 7.4): one that has ended takes no live one with it
 * - `kodama:call-of-leg:<legUuid>` string: the call that a leg belongs to, the last one where several have it
 * - `kodama:calls` sorted set of call keys by start: the list, pruned with every write and by whoever finds a place in it
 *   that has outlived its record
 * - `kodama:gateway:<gatewayId>:legs` hash, socketId -> figures: the live legs of a gateway, written once a second
 * - `kodama:gateway:<gatewayId>:lease` string: there while the gateway renews it; a live leg without it is lost
 *
 * One hash and one lease a gateway make the write of a second four commands, however many calls are live.
 */
const key = {
  call: (callKey: string) => `kodama:call:${callKey}`,
  callOfLeg: (legUuid: string) => `kodama:call-of-leg:${legUuid}`,
  calls: 'kodama:calls',
  liveLegs: (gatewayId: string) => `kodama:gateway:${gatewayId}:legs`,
  lease: (gatewayId: string) => `kodama:gateway:${gatewayId}:lease`,
};

/** Takes the oldest sockets out of a call that has more than it may: KEYS[1] the call, ARGV[1] how many it may have. */
const KEEP_NEWEST = `
if redis.call('HLEN', KEYS[1]) <= tonumber(ARGV[1]) then return end
local all = redis.call('HGETALL', KEYS[1])
local legs = {}
for i = 1, #all, 2 do
  legs[#legs + 1] = { start = cjson.decode(all[i + 1]).startedAt, socketId = all[i] }
end
table.sort(legs, function(a, b)
  if a.start ~= b.start then return a.start < b.start end
  return a.socketId < b.socketId
end)
for i = 1, #legs - tonumber(ARGV[1]) do redis.call('HDEL', KEYS[1], legs[i].socketId) end
`;

/** Calls that are asked for at once while a page is filled, at most. */
const LIST_BATCH = 100;

export class RedisLegMetricsStore implements LegMetricsStore, CallReader {
  readonly #redis: Redis;
  readonly #gatewayId: string;
  readonly #leaseMs: number;
  readonly #retentionMs: number;

  constructor(redis: Redis, options: { gatewayId: string; leaseMs: number; retentionMs: number }) {
    this.#redis = redis;
    this.#gatewayId = options.gatewayId;
    this.#leaseMs = options.leaseMs;
    this.#retentionMs = options.retentionMs;
  }

  async write({ opened, live, ended }: LegBatch): Promise<void> {
    const pipeline = this.#redis.pipeline();
    if (live || opened.length > 0) pipeline.set(key.lease(this.#gatewayId), '1', 'PX', this.#leaseMs);
    for (const record of opened) this.#writeRecord(pipeline, record, this.#retentionMs + LONGEST_CALL_MS);
    if (live) this.#writeLive(pipeline, live);
    for (const record of ended) {
      this.#writeRecord(pipeline, record, this.#retentionMs);
      pipeline.hdel(key.liveLegs(this.#gatewayId), record.socketId);
      // Soon enough: how many of a call's sockets are live is bounded by MAX_LIVE_CALLS.
      pipeline.eval(KEEP_NEWEST, 1, key.call(callKeyOf(record)), MAX_SOCKETS_OF_CALL);
    }
    await run(pipeline);
  }

  /** The record and the ways to it: complete in itself, so that an end is enough where the beginning could not be written. */
  #writeRecord(pipeline: ChainableCommander, record: LegRecord, keepMs: number): void {
    const callKey = callKeyOf(record);
    pipeline.hset(key.call(callKey), record.socketId, JSON.stringify(record));
    pipeline.hpexpire(key.call(callKey), keepMs, 'FIELDS', 1, record.socketId);
    // LT: a call stands in the list where its first socket began.
    pipeline.zadd(key.calls, 'LT', Date.parse(record.startedAt), callKey);
    if (record.legUuid !== null && record.legUuid !== callKey) {
      // A call's sockets share the caller's leg id: the end of one must not take it from the others, nor from a call that
      // was opened after it.
      const ttlMs = this.#retentionMs + LONGEST_CALL_MS;
      if (record.state === 'live') pipeline.set(key.callOfLeg(record.legUuid), callKey, 'PX', ttlMs);
      else pipeline.set(key.callOfLeg(record.legUuid), callKey, 'PX', ttlMs, 'NX');
    }
  }

  #writeLive(pipeline: ChainableCommander, live: readonly LiveFigures[]): void {
    const liveLegs = key.liveLegs(this.#gatewayId);
    if (live.length > 0) {
      pipeline.hset(liveLegs, ...live.flatMap(({ socketId, ...figures }) => [socketId, JSON.stringify(figures)]));
    }
    pipeline.pexpire(liveLegs, this.#retentionMs + LONGEST_CALL_MS);
    pipeline.zremrangebyscore(key.calls, '-inf', Date.now() - this.#retentionMs - LONGEST_CALL_MS);
  }

  async list({ limit, cursor }: { limit: number; cursor?: PageCursor }): Promise<CallPage> {
    const places: PageCursor[] = [];
    const calls: Call[] = [];
    // A call moves further back when its first socket is written late, and would come again there.
    const seen = new Set<string>();
    let from = String(cursor?.startedAtMs ?? '+inf');
    // Of the calls that began at `from`: those that were looked at already.
    let offset = 0;
    // One call more than asked for tells whether there is a next page; the cursor's own place comes once more.
    let count = Math.min(LIST_BATCH, limit + (cursor ? 2 : 1));
    // A place in the list outlives the record behind it, and a cursor may stand among calls of one millisecond: so the
    // page is filled batch by batch.
    while (calls.length <= limit) {
      const batch = pairs(
        await answerOf(this.#redis.zrevrangebyscore(key.calls, from, '-inf', 'WITHSCORES', 'LIMIT', offset, count)),
      );
      const candidates = batch.filter((place) => !seen.has(place.callKey) && (!cursor || isBehind(place, cursor)));
      for (const { callKey } of candidates) seen.add(callKey);
      const found = await this.#callsOf(candidates.map((place) => place.callKey));
      const dead = new Set<string>();
      for (const [index, place] of candidates.entries()) {
        const call = found[index];
        if (call) {
          calls.push(call);
          places.push(place);
        } else {
          dead.add(place.callKey);
        }
      }
      // So that nobody looks at it again. A call that comes back in this very moment is listed with its next record.
      if (dead.size > 0) await answerOf(this.#redis.zrem(key.calls, ...dead));
      const last = batch.at(-1);
      if (!last || batch.length < count) break;
      // On from the last one's start, not by its rank: ranks change when a call begins, and when another reader takes
      // dead places out.
      const atLast = batch.filter((place) => place.startedAtMs === last.startedAtMs && !dead.has(place.callKey)).length;
      offset = String(last.startedAtMs) === from ? offset + atLast : atLast;
      from = String(last.startedAtMs);
      count = LIST_BATCH;
    }
    const last = places[limit - 1];
    return { calls: calls.slice(0, limit), nextCursor: calls.length > limit && last ? encodeCursor(last) : null };
  }

  async find(id: string): Promise<Call | undefined> {
    const [legs, callKey] = await this.#pipeline<Record<string, string> | string | null>((pipeline) => {
      pipeline.hgetall(key.call(id));
      pipeline.get(key.callOfLeg(id));
    });
    const [call] = await this.#join([legs as Record<string, string>]);
    if (call || callKey === null) return call;
    return (await this.#callsOf([callKey as string]))[0];
  }

  /** The calls of these keys, in their order; `undefined` for one of which nothing is kept any more. Two round trips. */
  async #callsOf(callKeys: readonly string[]): Promise<(Call | undefined)[]> {
    if (callKeys.length === 0) return [];
    const hashes = await this.#pipeline<Record<string, string>>((pipeline) => {
      for (const callKey of callKeys) pipeline.hgetall(key.call(callKey));
    });
    return this.#join(hashes);
  }

  /** The calls of these hashes, with the newest figures of their live legs; `undefined` for an empty one. */
  async #join(hashes: readonly Record<string, string>[]): Promise<(Call | undefined)[]> {
    const records = hashes.map((hash) => Object.values(hash).map((text) => JSON.parse(text) as LegRecord));
    const live = await this.#liveViews(records.flat().filter((record) => record.state === 'live'));
    return records.map((legs) => {
      return legs.length === 0 ? undefined : joinLegs(legs.map((leg) => live.get(leg.socketId) ?? leg));
    });
  }

  /** Live legs by socketId, with their figures of the last second; `lost` where their gateway's lease has run out. */
  async #liveViews(live: readonly LegRecord[]): Promise<Map<string, LegView>> {
    if (live.length === 0) return new Map();
    const replies = await this.#pipeline<string | number | null>((pipeline) => {
      for (const { gatewayId, socketId } of live) {
        pipeline.exists(key.lease(gatewayId));
        pipeline.hget(key.liveLegs(gatewayId), socketId);
      }
    });
    return new Map(
      live.map((record, index) => {
        const [lease, figures] = replies.slice(index * 2, index * 2 + 2);
        const latest = typeof figures === 'string' ? (JSON.parse(figures) as Omit<LiveFigures, 'socketId'>) : {};
        return [record.socketId, { ...record, ...latest, state: lease === 1 ? 'live' : 'lost' }];
      }),
    );
  }

  async #pipeline<Reply>(fill: (pipeline: ChainableCommander) => void): Promise<Reply[]> {
    const pipeline = this.#redis.pipeline();
    fill(pipeline);
    return (await run(pipeline)) as Reply[];
  }
}

/** Runs a pipeline; ioredis puts a failed command's error into its reply, here any of them fails the whole. */
async function run(pipeline: ChainableCommander): Promise<unknown[]> {
  const replies = await answerOf(pipeline.exec());
  return (replies ?? []).map(([error, reply]) => {
    if (error) throw new StoreUnavailableError(error);
    return reply;
  });
}

function pairs(membersWithScores: readonly string[]): PageCursor[] {
  const places: PageCursor[] = [];
  for (let index = 0; index + 1 < membersWithScores.length; index += 2) {
    places.push({ callKey: String(membersWithScores[index]), startedAtMs: Number(membersWithScores[index + 1]) });
  }
  return places;
}
