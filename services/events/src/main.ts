import { closeHttpServer, createHttpServer, listen } from '@kodama/shared/http';
import { runService } from '@kodama/shared/lifecycle';
import { shutdownTelemetry } from '@kodama/shared/telemetry/instrument';
import { createEventsApp } from './app.ts';
import { configSchema } from './config.ts';
import { JetStreamPublisher } from './publishing/jetstream-publisher.ts';

await runService(
  {
    name: 'events',
    config: configSchema,
    // Requests under way are let finish: the longest waits for an acknowledgement, and is then refused.
    drainTimeoutMs: (config) => config.PUBLISH_TIMEOUT_MS,
    async start({ config, logger, lifecycle }) {
      lifecycle.use('telemetry', shutdownTelemetry);

      const publisher = new JetStreamPublisher(
        {
          urls: config.NATS_URL,
          publishTimeoutMs: config.PUBLISH_TIMEOUT_MS,
          limits: {
            name: config.EVENTS_STREAM,
            maxAgeMs: config.EVENTS_MAX_AGE_HOURS * 3_600_000,
            maxBytes: config.EVENTS_MAX_BYTES,
            duplicateWindowMs: config.EVENTS_DUPLICATE_WINDOW_SECONDS * 1000,
            replicas: config.EVENTS_REPLICAS,
          },
        },
        logger,
      );
      lifecycle.use('nats', () => publisher.close());

      // NATS may be away: the service listens all the same, and answers 503 until it is there.
      const checks = { nats: () => publisher.check() };
      const server = createHttpServer(createEventsApp({ publisher, logger, lifecycle, checks }));
      const port = await listen(server, config.PORT, config.HOST);
      lifecycle.use('http', () => closeHttpServer(server));
      logger.info({ port }, 'listening');
    },
  },
  process.env,
);
