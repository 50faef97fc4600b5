import { HandlerRun, systemTimers } from '@kodama/handler-kit/run';
import { makeSecretFile } from '@kodama/shared/config';
import { closeHttpServer, createHttpApp, createHttpServer, listen } from '@kodama/shared/http';
import { runService } from '@kodama/shared/lifecycle';
import { checkRedis, connectRedis, RedisSeen } from '@kodama/shared/redis';
import { shutdownTelemetry } from '@kodama/shared/telemetry/instrument';
import { RedisTimelineReader } from './calls/redis-timeline-reader.ts';
import { configSchema } from './config.ts';
import { socketDoorOf } from './door/door-of.ts';
import { SeenByAllGateways } from './door/seen-by-all-gateways.ts';
import { createGateway, gatewayIdOf } from './gateway.ts';
import { loadHandlers } from './load-handlers.ts';
import { RedisLegMetricsStore } from './metrics/redis-leg-metrics-store.ts';
import { serveSockets } from './socket-endpoint.ts';

// In Compose: on a volume that ncco-api has as well.
if (process.env.SOCKET_TOKEN_SECRETS_FILE) makeSecretFile(process.env.SOCKET_TOKEN_SECRETS_FILE);

const loaded = loadHandlers(process.env);

await runService(
  {
    name: 'media-gateway',
    config: loaded.then(({ fields }) => configSchema(fields)),
    takeStrayError: HandlerRun.strayError,
    drainTimeoutMs: (config) => config.DRAIN_TIMEOUT_MS,
    async start({ config, logger, lifecycle }) {
      lifecycle.use('telemetry', shutdownTelemetry);
      const { handlers } = await loaded;

      const redis = connectRedis(config.REDIS_URL, logger, 'calls go on, their records wait here');
      lifecycle.use('redis', () => redis.disconnect());

      const gatewayId = gatewayIdOf(config);
      const store = new RedisLegMetricsStore(redis, {
        gatewayId,
        leaseMs: config.LEASE_MS,
        retentionMs: config.CALL_RETENTION_SECONDS * 1000,
      });
      const timelines = new RedisTimelineReader(redis);
      const gateway = createGateway({ config, handlers, gatewayId, store, timelines, logger, timers: systemTimers });
      gateway.flusher.start();
      lifecycle.use('metrics', () => gateway.flusher.stop());

      const checks = { redis: () => checkRedis(redis) };
      const server = createHttpServer(createHttpApp({ logger, lifecycle, checks, routes: [gateway.routes] }));
      const door = socketDoorOf(config, new SeenByAllGateways(new RedisSeen(redis), logger));
      if (config.SOCKET_AUTH === 'off')
        logger.warn('sockets are NOT authorised: whoever finds this address can open any');
      serveSockets(server, { registry: gateway.registry, door, logger });
      const port = await listen(server, config.PORT, config.HOST);
      lifecycle.use('http', () => closeHttpServer(server));
      lifecycle.use('live calls', () => gateway.registry.drain(config.DRAIN_TIMEOUT_MS));
      const names = handlers.map(({ name }) => name);
      logger.info({ port, gatewayId, maxLiveCalls: config.MAX_LIVE_CALLS, handlers: names }, 'listening');
    },
  },
  process.env,
);
