import { RedisTimelineReader } from '@kodama/media-gateway/redis-timeline-reader';
import { connectRedis } from '@kodama/shared/redis';
import { memoryLogger } from '@kodama/shared/testing';
import type { StoredTimeline } from '@kodama/shared/timeline';
import type { JetStreamManager, NatsConnection, StoredMsg } from 'nats';
import { startNats, startRedis } from './containers.ts';
import { inJetStream } from './jetstream.ts';
import { type Service, startService } from './services.ts';
import { until } from './wait.ts';

/** NATS and Redis, and services on both. Everything goes when its `await using` block ends. */
export async function startEventsStack() {
  await using parts = new AsyncDisposableStack();
  const nats = parts.use(await startNats());
  const redis = parts.use(await startRedis());
  const client = connectRedis(redis.url, memoryLogger().logger);
  parts.defer(() => client.disconnect());
  const reader = new RedisTimelineReader(client);
  const running = parts.move();
  const env = { NATS_URL: nats.url, REDIS_URL: redis.url };
  return {
    nats,
    redis,
    /** As an operator's own tools would have it. */
    redisClient: client,
    startEvents: async (more: Readonly<Record<string, string>> = {}): Promise<Service> =>
      running.use(await startService('events', { env: { ...env, ...more } })),
    startGateway: async (): Promise<Service> =>
      running.use(await startService('media-gateway', { env: { REDIS_URL: redis.url, SOCKET_AUTH: 'off' } })),
    timeline: (id: string): Promise<StoredTimeline | undefined> => reader.find(id),
    /** The timeline, once it has as many events. */
    timelineOf: (id: string, events: number, deadlineMs = 20_000): Promise<StoredTimeline> =>
      until(
        async () => {
          const stored = await reader.find(id);
          return stored && stored.entries.length >= events && stored;
        },
        { what: `${events} events in the timeline of ${id}`, deadlineMs },
      ),
    /** What JetStream has, through a connection of its own. */
    inJetStream: <T>(use: (manager: JetStreamManager, connection: NatsConnection) => Promise<T>): Promise<T> =>
      inJetStream(nats.url, use),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export type EventsStack = Awaited<ReturnType<typeof startEventsStack>>;

/** Every message of a stream, oldest first; none where there is no such stream. */
export async function messagesOf({ streams }: JetStreamManager, stream: string): Promise<StoredMsg[]> {
  const { first_seq, last_seq } = await streams.info(stream).then(
    ({ state }) => state,
    () => ({ first_seq: 1, last_seq: 0 }),
  );
  const all: StoredMsg[] = [];
  for (let seq = Math.max(1, first_seq); seq <= last_seq; seq++) all.push(await streams.getMessage(stream, { seq }));
  return all;
}

export async function postEvent(events: Pick<Service, 'url'>, fields: object): Promise<number> {
  const response = await fetch(`${events.url}/webhooks/event`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  await response.arrayBuffer();
  return response.status;
}
