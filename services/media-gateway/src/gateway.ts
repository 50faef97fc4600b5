import { randomBytes } from 'node:crypto';
import type { Handler } from '@kodama/handler-kit';
import { Pacer, type Timers } from '@kodama/handler-kit/run';
import { AppError } from '@kodama/shared/errors';
import { onlyWithToken } from '@kodama/shared/http';
import type { Logger } from '@kodama/shared/telemetry';
import { trace } from '@opentelemetry/api';
import { Router } from 'express';
import { callsRoutes } from './calls/calls-routes.ts';
import type { TimelineReader } from './calls/timeline-reader.ts';
import type { GatewayConfig } from './config.ts';
import { legHandlers } from './leg/leg-handlers.ts';
import { LegTracing } from './leg/leg-tracing.ts';
import { SessionRegistry } from './leg/session-registry.ts';
import type { CallReader, LegMetricsStore } from './metrics/leg-metrics-store.ts';
import { MetricsFlusher } from './metrics/metrics-flusher.ts';
import { SOCKET_PATH } from './socket-endpoint.ts';

/** Unique to a process, also where the configured name is not: the leases of the one before must not come back to life. */
export function gatewayIdOf(config: Pick<GatewayConfig, 'GATEWAY_ID'>): string {
  return `${config.GATEWAY_ID}-${randomBytes(3).toString('hex')}`;
}

/** Joins sessions, figures and routes; who constructs it says where figures go. */
export function createGateway(parts: {
  /** The gateway's own, and beside it what the handlers take. */
  config: Omit<GatewayConfig, 'REDIS_URL'> & Readonly<Record<string, unknown>>;
  handlers: readonly Handler[];
  gatewayId: string;
  store: LegMetricsStore & CallReader;
  timelines: TimelineReader;
  logger: Logger;
  timers: Timers;
}) {
  const { config, gatewayId, store, timelines, logger, timers } = parts;
  const flusher = new MetricsFlusher({
    store,
    liveFigures: (evenIfOld) => registry.news(evenIfOld),
    intervalMs: config.METRICS_FLUSH_INTERVAL_MS,
    logger,
  });
  const tracer = trace.getTracer('media-gateway');
  const tracing = new LegTracing(tracer);
  const registry = new SessionRegistry(
    {
      config,
      handlers: legHandlers(parts.handlers, config),
      gatewayId,
      timers,
      pacer: new Pacer(timers),
      logger,
      tracing,
      record: (record) => flusher.record(record),
    },
    config.MAX_LIVE_CALLS,
  );
  const routes = Router();
  routes.use('/calls', onlyWithToken(config.API_TOKENS, 'calls'));
  routes.use(callsRoutes(store, timelines, tracer));
  routes.all(SOCKET_PATH, (_req, res) => {
    res.setHeader('upgrade', 'websocket');
    throw new AppError('upgrade-required', 'UPGRADE_REQUIRED', `${SOCKET_PATH} speaks WebSocket`);
  });
  return { registry, flusher, routes };
}
