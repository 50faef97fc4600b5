import type { Server } from 'node:http';
import { createEventsApp } from '@kodama/events/app';
import { readConsumedEvent } from '@kodama/events/consumed-event';
import { InMemoryPublisher } from '@kodama/events/in-memory-publisher';
import { InMemoryTimelineStore } from '@kodama/events/in-memory-timeline-store';
import { TimelineProjector } from '@kodama/events/timeline-projector';
import type { Handler } from '@kodama/handler-kit';
import { systemTimers } from '@kodama/handler-kit/run';
import { socketDoorOf } from '@kodama/media-gateway/door';
import { createGateway, gatewayIdOf } from '@kodama/media-gateway/gateway';
import { InMemoryLegMetricsStore } from '@kodama/media-gateway/in-memory-leg-metrics-store';
import { serveSockets } from '@kodama/media-gateway/socket-endpoint';
import { createNccoApp } from '@kodama/ncco-api/app';
import { AppError } from '@kodama/shared/errors';
import { closeHttpServer, createHttpApp, createHttpServer, webhookVerifier } from '@kodama/shared/http';
import type { Lifecycle } from '@kodama/shared/lifecycle';
import { InMemorySeen } from '@kodama/shared/signing';
import type { Logger } from '@kodama/shared/telemetry';
import { systemClock } from '@kodama/shared/time';
import { Router } from 'express';
import type { StandaloneConfig } from './config.ts';
import { front } from './front.ts';

/** Two doors, as in nginx/conf.d. Not listening yet. */
export interface Standalone {
  /** What Vonage asks: webhooks and sockets. */
  readonly server: Server;
  /** Where calls are shown; for an address that only this machine sees. */
  readonly operators: Server;
}

const callsAreElsewhere = Router().use('/api/calls', () => {
  throw new AppError('not-found', 'NOT_FOUND', "calls are shown on the operators' port, OPERATOR_PORT");
});

/** The three services behind one server for each door, on adapters that keep everything in this process's memory. */
export function createStandalone(parts: {
  config: StandaloneConfig;
  handlers: readonly Handler[];
  logger: Logger;
  lifecycle: Lifecycle;
}): Standalone {
  const { config, handlers, logger, lifecycle } = parts;
  const timelines = new InMemoryTimelineStore();
  const projector = new TimelineProjector(timelines);
  const publisher = new InMemoryPublisher({
    duplicateWindowMs: config.EVENTS_DUPLICATE_WINDOW_SECONDS * 1000,
    deliver: (message) => projector.handle(readConsumedEvent(message)),
  });
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
    timelines,
    logger,
    timers: systemTimers,
  });
  gateway.flusher.start();
  lifecycle.use('metrics', () => gateway.flusher.stop());

  const seen = new InMemorySeen();
  const verifier = webhookVerifier(config, logger, () => seen);
  const common = { logger, lifecycle, checks: {} };
  const gatewayApp = createHttpApp({ ...common, routes: [gateway.routes] });
  const server = createHttpServer(
    front(
      [
        {
          paths: ['/ncco', '/webhooks/answer'],
          listener: createNccoApp({ config, verifier, logger, lifecycle, checks: {} }),
        },
        {
          paths: ['/webhooks/event', '/webhooks/events'],
          listener: createEventsApp({ ...common, verifier, publisher }),
        },
        { paths: ['/socket'], listener: gatewayApp },
      ],
      createHttpApp({ ...common, routes: [callsAreElsewhere] }),
    ),
  );
  const operators = createHttpServer(
    front(
      [{ paths: ['/api/calls'], rewriteTo: '/calls', listener: gatewayApp }],
      createHttpApp({ ...common, routes: [] }),
    ),
  );
  serveSockets(server, { registry: gateway.registry, door: socketDoorOf(config, seen), logger });
  lifecycle.use('http', () => closeHttpServer(server));
  lifecycle.use('operators', () => closeHttpServer(operators));
  lifecycle.use('live calls', () => gateway.registry.drain(config.DRAIN_TIMEOUT_MS));
  return { server, operators };
}
