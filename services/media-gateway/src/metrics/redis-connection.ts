import type { Logger } from '@kodama/shared/telemetry';
import { Redis } from 'ioredis';

/** Longest that a command may take before it counts as failed, ms; what is kept is written again a second later. */
const COMMAND_TIMEOUT_MS = 1000;

/**
 * A connection that is made in the background and again for ever, and that never keeps commands for later: while Redis
 * is away every command fails at once, and the flusher, which has the newest figures, decides what is written again.
 */
export function connectRedis(url: string, logger: Logger): Redis {
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
  let away = false;
  redis.on('ready', () => {
    logger.info(away ? 'redis is back' : 'redis is connected');
    away = false;
  });
  redis.on('close', () => {
    if (!away && redis.status !== 'end') logger.warn('redis is away: calls go on, their records wait here');
    away = true;
  });
  // One line for each outage is enough: see above. Without a listener ioredis would print every attempt.
  redis.on('error', (err: Error) => logger.debug({ err }, 'redis connection'));
  return redis;
}
