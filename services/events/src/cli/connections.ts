import { once } from 'node:events';
import { withDeadline } from '@kodama/shared/time';
import type { Redis } from 'ioredis';
import type { CliConfig } from './cli-config.ts';
import { CommandError } from './command-error.ts';
import { StoredMessages } from './stored-messages.ts';

/** Time that Redis may take to be there, ms. */
const REDIS_TIMEOUT_MS = 3000;

/** @throws CommandError when NATS cannot be reached or does not let us in */
export async function openEvents({ NATS_URL, EVENTS_STREAM }: CliConfig): Promise<StoredMessages> {
  try {
    return await StoredMessages.connect(NATS_URL, EVENTS_STREAM);
  } catch (error) {
    throw new CommandError(`NATS cannot be used at ${hosts(NATS_URL)}: ${reasonOf(error)}`, { cause: error });
  }
}

/** @throws CommandError when Redis cannot be reached or does not let us in */
export async function openRedis({ REDIS_URL }: CliConfig): Promise<Redis & Disposable> {
  // Most commands do without: these would make up half of their start.
  const { connectRedis } = await import('@kodama/shared/redis');
  const { createLogger } = await import('@kodama/shared/telemetry');
  const redis = connectRedis(REDIS_URL, createLogger('events', 'silent'));
  try {
    await withDeadline(once(redis, 'ready'), REDIS_TIMEOUT_MS);
  } catch (error) {
    redis.disconnect();
    throw new CommandError(`Redis cannot be used at ${hosts([REDIS_URL])}: ${reasonOf(error)}`, { cause: error });
  }
  return Object.assign(redis, { [Symbol.dispose]: () => redis.disconnect() });
}

/** Both clients' errors have codes, and so have those of the network below: ENOTFOUND. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return code || message;
}

/** The hosts alone: an address may have a password in it. */
function hosts(urls: readonly string[]): string {
  return urls.map((url) => new URL(url).host).join(', ');
}
