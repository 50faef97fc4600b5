import type { Handler } from '@kodama/handler-kit';
import { systemTimers } from '@kodama/handler-kit/run';
import { createHttpApp, createHttpServer, listen } from '@kodama/shared/http';
import { Lifecycle } from '@kodama/shared/lifecycle';
import { InMemorySeen } from '@kodama/shared/signing';
import { type LogLine, memoryLogger } from '@kodama/shared/testing';
import { type Clock, systemClock } from '@kodama/shared/time';
import type { WebSocket } from 'ws';
import { configSchema, type GatewayConfig } from '../config.ts';
import { socketDoorOf } from '../door/door-of.ts';
import type { SocketDoor } from '../door/socket-door.ts';
import { createGateway } from '../gateway.ts';
import type { SessionRegistry } from '../leg/session-registry.ts';
import { loadHandlers } from '../load-handlers.ts';
import { InMemoryLegMetricsStore } from '../metrics/in-memory-leg-metrics-store.ts';
import type { CallReader, LegMetricsStore, LegView } from '../metrics/leg-metrics-store.ts';
import type { MetricsFlusher } from '../metrics/metrics-flusher.ts';
import { serveSockets } from '../socket-endpoint.ts';
import { eventually } from './eventually.ts';

export interface TestGateway extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly registry: SessionRegistry;
  readonly flusher: MetricsFlusher;
  readonly store: LegMetricsStore & CallReader;
  readonly lines: readonly LogLine[];
  /** The gateway's ends of all sockets so far. */
  readonly sockets: readonly WebSocket[];
  /** The last record of the leg with this id, as soon as there is one. */
  ended(legUuid: string): Promise<LegView>;
}

export interface TestGatewayOptions {
  readonly config?: Partial<GatewayConfig>;
  /** What time it is; what waits waits in real time all the same. */
  readonly clock?: Clock;
  readonly store?: LegMetricsStore & CallReader;
  /** In the place of the one that the configuration asks for. */
  readonly door?: SocketDoor;
  /** Beside those that the gateway has. */
  readonly handlers?: readonly Handler[];
}

/** A whole gateway but for the process: a real server on a port of its own, figures in memory. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const { clock = systemClock } = options;
  const { logger, lines } = memoryLogger();
  const loaded = await loadHandlers({});
  const config = { ...configSchema(loaded.fields).parse({ SOCKET_AUTH: 'off' }), ...options.config };
  const handlers = [...loaded.handlers, ...(options.handlers ?? [])];
  const timers = { ...systemTimers, monotonicMs: () => clock.monotonicMs(), epochMs: () => clock.epochMs() };
  const store =
    options.store ?? new InMemoryLegMetricsStore({ clock: systemClock, leaseMs: 60_000, retentionMs: 60_000 });
  const { registry, flusher, routes } = createGateway({
    config,
    handlers,
    gatewayId: 'gateway-1',
    store,
    timelines: { find: async () => undefined },
    logger,
    timers,
  });

  const door = options.door ?? socketDoorOf(config, new InMemorySeen());
  const sockets: WebSocket[] = [];
  const open = registry.open.bind(registry);
  registry.open = (socket, upgrade) => {
    sockets.push(socket);
    open(socket, upgrade);
  };

  const server = createHttpServer(
    createHttpApp({ logger, lifecycle: new Lifecycle(logger), checks: {}, routes: [routes] }),
  );
  serveSockets(server, { registry, door, logger });
  const port = await listen(server, 0, '127.0.0.1');
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    registry,
    flusher,
    store,
    lines,
    sockets,
    ended: (legUuid) =>
      eventually(`the last record of ${legUuid}`, async () => {
        const call = await store.find(legUuid);
        return call?.legs.find((leg) => leg.legUuid === legUuid && leg.state === 'ended');
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate();
      await registry.drain(0);
      server.close();
      server.closeAllConnections();
    },
  };
}
