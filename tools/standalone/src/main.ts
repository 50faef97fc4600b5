import { HandlerRun } from '@kodama/handler-kit/run';
import { loadHandlers } from '@kodama/media-gateway/load-handlers';
import { webhookRules } from '@kodama/shared/config';
import { listen } from '@kodama/shared/http';
import { runService } from '@kodama/shared/lifecycle';
import { shutdownTelemetry } from '@kodama/shared/telemetry/instrument';
import { configSchema } from './config.ts';
import { greeting } from './greeting.ts';
import { createStandalone } from './standalone.ts';

const loaded = loadHandlers(process.env);

await runService(
  {
    name: 'standalone',
    config: loaded.then(configSchema),
    takeStrayError: HandlerRun.strayError,
    drainTimeoutMs: (config) => config.DRAIN_TIMEOUT_MS,
    async start({ config, logger, lifecycle }) {
      lifecycle.use('telemetry', shutdownTelemetry);
      const { handlers } = await loaded;
      const { server, operators } = createStandalone({ config, handlers, logger, lifecycle });
      const port = await listen(server, config.PORT, config.HOST);
      const operatorPort = await listen(operators, config.OPERATOR_PORT, '127.0.0.1');
      const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
      const tracesTo = process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
      process.stdout.write(
        greeting({
          origin: `http://${host}:${port}`,
          operatorOrigin: `http://127.0.0.1:${operatorPort}`,
          tracesTo,
          isVerified: webhookRules(config) !== undefined,
        }),
      );
    },
  },
  process.env,
);
