import type { Server } from 'node:http';
import { createEventsApp } from '@kodama/events/app';
import { InMemoryPublisher } from '@kodama/events/in-memory-publisher';
import type { Handler } from '@kodama/handler-kit';
import { systemTimers } from '@kodama/handler-kit/run';
import { createGateway, gatewayIdOf } from '@kodama/media-gateway/gateway';
import { InMemoryLegMetricsStore } from '@kodama/media-gateway/in-memory-leg-metrics-store';
import { serveSockets } from '@kodama/media-gateway/socket-endpoint';
import { createNccoApp } from '@kodama/ncco-api/app';
import { closeHttpServer, createHttpApp, createHttpServer } from '@kodama/shared/http';
import type { Lifecycle } from '@kodama/shared/lifecycle';
import type { Logger } from '@kodama/shared/telemetry';
import { systemClock } from '@kodama/shared/time';
import type { StandaloneConfig } from './config.ts';
import { front } from './front.ts';

/** The three services behind one server, on adapters that keep everything in this process's memory. Not listening yet. */
export function createStandalone(parts: {
  config: StandaloneConfig;
  handlers: readonly Handler[];
  logger: Logger;
  lifecycle: Lifecycle;
}): Server {
  const { config, handlers, logger, lifecycle } = parts;
  const publisher = new InMemoryPublisher({ duplicateWindowMs: config.EVENTS_DUPLICATE_WINDOW_SECONDS * 1000 });
  const store = new InMemoryLegMetricsStore({
    clock: systemClock,
    leaseMs: config.LEASE_MS,
    retentionMs: config.CALL_RETENTION_SECONDS * 1000,
  });
  const gateway = createGateway({
    config,
    handlers,
    gatewayId: gatewayIdOf(config),
    store,
    logger,
    timers: systemTimers,
  });
  gateway.flusher.start();
  lifecycle.use('metrics', () => gateway.flusher.stop());

  const common = { logger, lifecycle, checks: {} };
  const gatewayApp = createHttpApp({ ...common, routes: [gateway.routes] });
  const server = createHttpServer(
    front(
      [
        { paths: ['/ncco', '/webhooks/answer'], listener: createNccoApp({ config, logger, lifecycle }) },
        { paths: ['/webhooks/event', '/webhooks/events'], listener: createEventsApp({ ...common, publisher }) },
        { paths: ['/api/calls'], rewriteTo: '/calls', listener: gatewayApp },
        { paths: ['/socket'], listener: gatewayApp },
      ],
      createHttpApp({ ...common, routes: [] }),
    ),
  );
  serveSockets(server, gateway.registry);
  lifecycle.use('http', () => closeHttpServer(server));
  lifecycle.use('live calls', () => gateway.registry.drain(config.DRAIN_TIMEOUT_MS));
  return server;
}
