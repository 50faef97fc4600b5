import { defineHandler, tone } from '@kodama/handler-kit';
import { systemTimers } from '@kodama/handler-kit/run';
import { createHttpServer, listen } from '@kodama/shared/http';
import { createLogger } from '@kodama/shared/telemetry';
import { systemClock } from '@kodama/shared/time';
import { configSchema } from '../src/config.ts';
import { openDoor } from '../src/door/socket-door.ts';
import { createGateway } from '../src/gateway.ts';
import { loadHandlers } from '../src/load-handlers.ts';
import { InMemoryLegMetricsStore } from '../src/metrics/in-memory-leg-metrics-store.ts';
import { serveSockets } from '../src/socket-endpoint.ts';
import { measured } from './measured.ts';
import { pin } from './pin.ts';

pin();

const { sampleRateHz } = JSON.parse(process.argv[2] ?? '') as { sampleRateHz: number };

/** Made before there is a call, as a service loads its clips: to convert ten seconds takes longer than a call may wait. */
const SOUND = tone({ hz: 440, ms: 10_000 }).samplesAt(sampleRateHz);

/** Plays for ever. */
const player = defineHandler({
  name: 'player',
  async onStart({ out }) {
    const forEver = function* () {
      for (;;) yield SOUND;
    };
    await out.play(forEver());
  },
});

const logger = createLogger('bench', 'warn');
const loaded = await loadHandlers({});
const config = configSchema(loaded.fields).parse({ SOCKET_AUTH: 'off' });
const { registry, flusher } = createGateway({
  config,
  handlers: [...loaded.handlers, player],
  gatewayId: 'bench',
  store: new InMemoryLegMetricsStore({ clock: systemClock, leaseMs: 60_000, retentionMs: 60_000 }),
  timelines: { find: async () => undefined },
  logger,
  timers: systemTimers,
});
flusher.start();
const server = createHttpServer((_req, res) => void res.writeHead(404).end());
serveSockets(server, { registry, door: openDoor, logger });
const port = await listen(server, 0, '127.0.0.1');
measured(port, () => registry.news(true).reduce((sum, { framesLate }) => sum + framesLate, 0));
