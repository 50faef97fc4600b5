import type { Redis } from 'ioredis';
import { AppError } from '../errors/app-error.ts';
import type { Seen } from '../signing/seen.ts';

/**
 * Remembers in Redis, for all instances of all services: `kodama:seen:<id>`, a string, the mark; it expires by itself.
 */
export class RedisSeen implements Seen {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async before(id: string, mark: string, forMs: number): Promise<string | undefined> {
    try {
      const before = await this.#redis.set(`kodama:seen:${id}`, mark, 'PX', Math.ceil(forMs), 'NX', 'GET');
      return before ?? undefined;
    } catch (error) {
      throw new AppError(
        'unavailable',
        'TOKENS_UNAVAILABLE',
        'the place where used tokens are remembered does not answer',
        {
          cause: error,
        },
      );
    }
  }
}
