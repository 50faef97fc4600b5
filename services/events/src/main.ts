import { remembersTokens } from '@kodama/shared/config';
import { closeHttpServer, createHttpServer, listen, webhookVerifier } from '@kodama/shared/http';
import { runService } from '@kodama/shared/lifecycle';
import { checkRedis, connectRedis, RedisSeen } from '@kodama/shared/redis';
import { shutdownTelemetry } from '@kodama/shared/telemetry/instrument';
import { trace } from '@opentelemetry/api';
import { createEventsApp } from './app.ts';
import { configSchema } from './config.ts';
import { DurableConsumer } from './consuming/durable-consumer.ts';
import { RedisTimelineStore } from './consuming/redis-timeline-store.ts';
import { TimelineProjector } from './consuming/timeline-projector.ts';
import { JetStreamPublisher } from './publishing/jetstream-publisher.ts';

/** Events under way at once from which on timelines wait: Vonage does for the former, and nobody for the latter. */
const BUSY_FROM = 2;

await runService(
  {
    name: 'events',
    config: configSchema,
    // Requests under way are let finish: the longest waits for an acknowledgement, and is then refused.
    drainTimeoutMs: (config) => config.PUBLISH_TIMEOUT_MS,
    async start({ config, logger, lifecycle }) {
      lifecycle.use('telemetry', shutdownTelemetry);

      const redisCounts = remembersTokens(config);
      const meanwhile = redisCounts ? 'webhooks are refused with 503' : 'events are taken, the timelines of calls wait';
      const redis = connectRedis(config.REDIS_URL, logger, meanwhile);
      lifecycle.use('redis', () => redis.disconnect());

      const urls = config.NATS_URL;
      const limits = {
        name: config.EVENTS_STREAM,
        maxAgeMs: config.EVENTS_MAX_AGE_HOURS * 3_600_000,
        maxBytes: config.EVENTS_MAX_BYTES,
        duplicateWindowMs: config.EVENTS_DUPLICATE_WINDOW_SECONDS * 1000,
        replicas: config.EVENTS_REPLICAS,
      };
      const publisher = new JetStreamPublisher({ urls, publishTimeoutMs: config.PUBLISH_TIMEOUT_MS, limits }, logger);
      lifecycle.use('nats', () => publisher.close());

      const timelines = new RedisTimelineStore(redis, { retentionMs: config.CALL_RETENTION_SECONDS * 1000 });
      const consumer = new DurableConsumer(
        { urls, limits, maxDeliveries: config.EVENTS_MAX_DELIVERIES, isBusy: () => publisher.underWay >= BUSY_FROM },
        new TimelineProjector(timelines),
        logger,
        trace.getTracer('events'),
      );
      lifecycle.use('consumer', () => consumer.stop());

      const verifier = webhookVerifier(config, logger, () => new RedisSeen(redis));

      // NATS may be away: the service listens all the same, and answers 503 until it is there. Redis counts only where tokens
      // have to be remembered: an event is safe without it.
      const checks = {
        nats: () => publisher.check(),
        ...(redisCounts && { redis: () => checkRedis(redis) }),
      };
      const server = createHttpServer(createEventsApp({ publisher, verifier, logger, lifecycle, checks }));
      const port = await listen(server, config.PORT, config.HOST);
      lifecycle.use('http', () => closeHttpServer(server));
      logger.info({ port }, 'listening');
    },
  },
  process.env,
);
