import {
  LONGEST_CALL_MS,
  MAX_CALLS_OF_LEG,
  roomFor,
  TRUNCATED,
  timelineField,
  timelineKey,
} from '@kodama/shared/timeline';
import { type ChainableCommander, type Redis, ReplyError } from 'ioredis';
import { HandlingError } from './handling-error.ts';
import { heardOfLegAt, type TimelineStore, type TimelineWrite } from './timeline-store.ts';
import { TimelineStoreUnavailableError } from './timeline-store-unavailable-error.ts';

/**
 * Puts one entry into its hash. Of an event that is there already the earlier place in the stream stays, whichever came
 * first, and a key's expiry only ever moves on: so the writes may come in any order and again.
 *
 * KEYS[1] the hash; ARGV: id, value, sequence, entries it may have before this one, field of the truncation, expiry (epoch ms).
 */
const ADD = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then
  if cjson.decode(known).sequence > tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
elseif redis.call('HLEN', KEYS[1]) - redis.call('HEXISTS', KEYS[1], ARGV[5]) < tonumber(ARGV[4]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
else
  redis.call('HSET', KEYS[1], ARGV[5], '1')
end
if redis.call('PEXPIRETIME', KEYS[1]) < tonumber(ARGV[6]) then redis.call('PEXPIREAT', KEYS[1], ARGV[6]) end
`;

/** KEYS[1] the sorted set; ARGV: conversation, score, conversations that are remembered, expiry (epoch ms). */
const INDEX = `
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
if redis.call('PEXPIRETIME', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIREAT', KEYS[1], ARGV[4]) end
`;

/** The first word of a refusal that is the command's own fault, and would be the same tomorrow. */
const OUR_FAULT = /^(WRONGTYPE|ERR)\b/;

/** Written to see whether there is room. */
const PROBE = 'kodama:probe:timelines';

/** The keys are listed with `timelineKey`. */
export class RedisTimelineStore implements TimelineStore {
  readonly #redis: Redis;
  readonly #retentionMs: number;

  constructor(redis: Redis, { retentionMs }: { retentionMs: number }) {
    this.#redis = redis;
    this.#retentionMs = retentionMs;
  }

  async add(writes: readonly TimelineWrite[]): Promise<void> {
    const pipeline = this.#redis.pipeline();
    for (const write of writes) this.#add(pipeline, write);
    if (pipeline.length === 0) return;
    const replies = await this.#ask(() => pipeline.exec());
    for (const [error] of replies ?? []) if (error) throw failure(error);
  }

  async check(): Promise<void> {
    // A write: a Redis that is full, or read only, answers a ping.
    await this.#ask(() => this.#redis.set(PROBE, '1', 'EX', 60));
  }

  #add(pipeline: ChainableCommander, write: TimelineWrite): void {
    const { conversation, leg, entry } = write;
    // From when the event came, not from now: so a stream that is read once more does not bring back what had its time.
    const expiresMs = Date.parse(entry.receivedAt) + this.#retentionMs + LONGEST_CALL_MS;
    if (expiresMs <= Date.now()) return;
    const hash = conversation === undefined ? timelineKey.withoutCall(leg ?? '') : timelineKey.call(conversation);
    pipeline.eval(
      ADD,
      1,
      hash,
      entry.id,
      timelineField(entry),
      entry.sequence,
      roomFor(entry.kind),
      TRUNCATED,
      expiresMs,
    );
    if (conversation === undefined || leg === undefined) return;
    pipeline.eval(
      INDEX,
      1,
      timelineKey.callsOfLeg(leg),
      conversation,
      heardOfLegAt(write),
      MAX_CALLS_OF_LEG,
      expiresMs,
    );
  }

  async #ask<Reply>(command: () => Promise<Reply>): Promise<Reply> {
    try {
      return await command();
    } catch (error) {
      throw failure(error);
    }
  }
}

/** What Redis refuses for its own sake (no room, loading, a replica, no such user) is as good as away. */
function failure(error: unknown): Error {
  const [, word] = (error instanceof ReplyError && OUR_FAULT.exec((error as Error).message)) || [];
  if (word === undefined) return new TimelineStoreUnavailableError(error);
  return new HandlingError(`Redis refuses the entry: ${word}`, error);
}
