import { closeHttpServer, createHttpServer, listen } from '@kodama/shared/http';
import { runService } from '@kodama/shared/lifecycle';
import { shutdownTelemetry } from '@kodama/shared/telemetry/instrument';
import { createNccoApp } from './app.ts';
import { configSchema } from './config.ts';

await runService(
  {
    name: 'ncco-api',
    config: configSchema,
    async start({ config, logger, lifecycle }) {
      lifecycle.use('telemetry', shutdownTelemetry);

      const server = createHttpServer(createNccoApp({ config, logger, lifecycle }));
      const port = await listen(server, config.PORT, config.HOST);
      lifecycle.use('http', () => closeHttpServer(server));
      logger.info({ port }, 'listening');
    },
  },
  process.env,
);
