import { createEventsApp } from '@kodama/events/app';
import type { CallEventPublisher } from '@kodama/events/call-event-publisher';
import { readConsumedEvent } from '@kodama/events/consumed-event';
import { InMemoryPublisher } from '@kodama/events/in-memory-publisher';
import { InMemoryTimelineStore } from '@kodama/events/in-memory-timeline-store';
import { TimelineProjector } from '@kodama/events/timeline-projector';
import type { Handler } from '@kodama/handler-kit';
import { systemTimers } from '@kodama/handler-kit/run';
import { configSchema as gatewaySchema } from '@kodama/media-gateway/config';
import { socketDoorOf } from '@kodama/media-gateway/door';
import { createGateway } from '@kodama/media-gateway/gateway';
import { InMemoryLegMetricsStore } from '@kodama/media-gateway/in-memory-leg-metrics-store';
import type { CallReader, LegMetricsStore } from '@kodama/media-gateway/leg-metrics-store';
import { loadHandlers } from '@kodama/media-gateway/load-handlers';
import { serveSockets } from '@kodama/media-gateway/socket-endpoint';
import { createNccoApp } from '@kodama/ncco-api/app';
import { configSchema as nccoSchema } from '@kodama/ncco-api/config';
import { closeHttpServer, createHttpApp, createHttpServer, listen, webhookVerifier } from '@kodama/shared/http';
import { Lifecycle } from '@kodama/shared/lifecycle';
import { InMemorySeen, type Seen, type WebhookVerifier } from '@kodama/shared/signing';
import { memoryLogger } from '@kodama/shared/testing';
import { systemClock } from '@kodama/shared/time';

export type AppName = 'ncco-api' | 'events' | 'media-gateway';

export interface DocumentedAppsOptions {
  /** The services' variables, on top of `SOCKET_AUTH=off`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where used tokens are remembered. */
  readonly seen?: Seen;
  readonly verifier?: Pick<WebhookVerifier, 'verify'>;
  readonly publisher?: CallEventPublisher;
  readonly store?: LegMetricsStore & CallReader;
  /** Beside those that the gateway has. */
  readonly handlers?: readonly Handler[];
}

export interface DocumentedApps extends AsyncDisposable {
  readonly urls: Readonly<Record<AppName, string>>;
  readonly gatewayPort: number;
  readonly lifecycle: Lifecycle;
  readonly registry: { drain(timeoutMs: number): Promise<unknown> };
  readonly routers: Readonly<Record<AppName, unknown>>;
}

/** The three services' own applications, each on a port of its own, with what they keep in memory. */
export async function startDocumentedApps(options: DocumentedAppsOptions = {}): Promise<DocumentedApps> {
  const { logger } = memoryLogger();
  const env = { SOCKET_AUTH: 'off', ...options.env };
  const lifecycle = new Lifecycle(logger);
  const seen = options.seen ?? new InMemorySeen();

  const nccoConfig = nccoSchema.parse(env);
  const verifier = (options.verifier as WebhookVerifier) ?? webhookVerifier(nccoConfig, logger, () => seen);
  const nccoApp = createNccoApp({ config: nccoConfig, verifier, logger, lifecycle, checks: {} });

  const timelines = new InMemoryTimelineStore();
  const projector = new TimelineProjector(timelines);
  const publisher =
    options.publisher ?? new InMemoryPublisher({ deliver: (message) => projector.handle(readConsumedEvent(message)) });
  const eventsApp = createEventsApp({ publisher, verifier, logger, lifecycle, checks: {} });

  const { handlers: own, fields } = await loadHandlers({});
  const handlers = [...own, ...(options.handlers ?? [])];
  const config = gatewaySchema(fields).parse({ METRICS_FLUSH_INTERVAL_MS: '50', ...env });
  const store =
    options.store ?? new InMemoryLegMetricsStore({ clock: systemClock, leaseMs: 60_000, retentionMs: 60_000 });
  const parts = { config, handlers, gatewayId: 'gateway-1', store, timelines, logger, timers: systemTimers };
  const { registry, flusher, routes } = createGateway(parts);
  const gatewayApp = createHttpApp({ logger, lifecycle, checks: {}, routes: [routes] });
  flusher.start();

  const servers = [nccoApp, eventsApp, gatewayApp].map((app) => createHttpServer(app));
  const [ncco, events, gateway] = await Promise.all(servers.map((server) => listen(server, 0, '127.0.0.1')));
  const [, , gatewayServer] = servers;
  if (!gatewayServer || !gateway) throw new Error('there is no gateway');
  serveSockets(gatewayServer, { registry, door: socketDoorOf(config, seen), logger });
  return {
    urls: {
      'ncco-api': `http://127.0.0.1:${ncco}`,
      events: `http://127.0.0.1:${events}`,
      'media-gateway': `http://127.0.0.1:${gateway}`,
    },
    gatewayPort: gateway,
    lifecycle,
    registry,
    routers: { 'ncco-api': nccoApp.router, events: eventsApp.router, 'media-gateway': gatewayApp.router },
    async [Symbol.asyncDispose]() {
      await registry.drain(0);
      await flusher.stop();
      await Promise.all(servers.map((server) => closeHttpServer(server, { graceMs: 100 })));
    },
  };
}
