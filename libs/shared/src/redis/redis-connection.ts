import { Redis } from 'ioredis';
import type { Logger } from '../telemetry/logger.ts';

/** Longest that a command may take before it counts as failed, ms; what was to be kept is then written again. */
const COMMAND_TIMEOUT_MS = 1000;

/**
 * A connection that is made in the background and again for ever, and that never keeps commands for later: while Redis
 * is away every command fails at once, and whoever gave it decides what is written again.
 *
 * @param meanwhile what goes on without it, as it reads in the log behind "redis is away: "; default: nothing is said of it
 */
export function connectRedis(url: string, logger: Logger, meanwhile?: string): Redis {
  const redis = new Redis(url, {
    connectTimeout: 2000,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // A peer that takes bytes and never answers is let go of, so that unanswered commands cannot pile up.
    socketTimeout: 5000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1000),
  });
  // Without user and password.
  const { host: address } = new URL(url);
  let away = false;
  let why: string | undefined;
  redis.on('ready', () => {
    logger.info(away ? 'redis is back' : 'redis is connected');
    away = false;
    why = undefined;
  });
  redis.on('close', () => {
    if (!away && redis.status !== 'end')
      logger.warn({ address, why }, meanwhile === undefined ? 'redis is away' : `redis is away: ${meanwhile}`);
    away = true;
  });
  // One line for each outage is enough: see above. Without a listener ioredis would print every attempt.
  redis.on('error', (err: Error) => {
    why = err.message;
    logger.debug({ err }, 'redis connection');
  });
  return redis;
}

/** For `/readyz`: rejects when Redis does not answer. The client's own words for that are of its options. */
export async function checkRedis(redis: Redis): Promise<void> {
  try {
    await redis.ping();
  } catch (cause) {
    throw new Error('Redis does not answer', { cause });
  }
}
