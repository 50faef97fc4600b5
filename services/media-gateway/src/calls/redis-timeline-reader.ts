import { subjectToken } from '@kodama/shared/messaging';
import { type StoredTimeline, storedTimeline, timelineKey } from '@kodama/shared/timeline';
import type { Redis } from 'ioredis';
import { answerOf } from '../metrics/store-answer.ts';
import type { TimelineReader } from './timeline-reader.ts';

/** The keys are listed with `timelineKey`. */
export class RedisTimelineReader implements TimelineReader {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async find(id: string): Promise<StoredTimeline | undefined> {
    const token = subjectToken(id);
    // One after the other: the second is for ids that are no conversation's, and the third for next to none.
    const call = storedTimeline(token, await this.#hash(timelineKey.call(token)));
    if (call) return call;
    const [conversation] = await answerOf(this.#redis.zrevrange(timelineKey.callsOfLeg(token), 0, 0));
    if (conversation !== undefined) {
      return storedTimeline(conversation, await this.#hash(timelineKey.call(conversation)));
    }
    return storedTimeline(null, await this.#hash(timelineKey.withoutCall(token)));
  }

  #hash(key: string): Promise<Record<string, string>> {
    return answerOf(this.#redis.hgetall(key));
  }
}
