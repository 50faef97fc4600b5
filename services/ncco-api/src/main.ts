import { makeSecretFile } from '@kodama/shared/config';
import { closeHttpServer, createHttpServer, listen, type ReadinessCheck, webhookVerifier } from '@kodama/shared/http';
import { runService } from '@kodama/shared/lifecycle';
import { checkRedis, connectRedis, RedisSeen } from '@kodama/shared/redis';
import { shutdownTelemetry } from '@kodama/shared/telemetry/instrument';
import { createNccoApp } from './app.ts';
import { configSchema } from './config.ts';

// In Compose: on a volume that the gateways have as well.
if (process.env.SOCKET_TOKEN_SECRETS_FILE) makeSecretFile(process.env.SOCKET_TOKEN_SECRETS_FILE);

await runService(
  {
    name: 'ncco-api',
    config: configSchema,
    async start({ config, logger, lifecycle }) {
      lifecycle.use('telemetry', shutdownTelemetry);

      // The one thing that is kept, and only in a mode in which it has to be: which tokens were used.
      const checks: Record<string, ReadinessCheck> = {};
      const verifier = webhookVerifier(config, logger, () => {
        const redis = connectRedis(config.REDIS_URL, logger, 'webhooks are refused with 503');
        lifecycle.use('redis', () => redis.disconnect());
        checks.redis = () => checkRedis(redis);
        return new RedisSeen(redis);
      });
      if (config.SOCKET_AUTH === 'off')
        logger.warn('sockets are NOT authorised: whoever finds their address can open any');
      else if (verifier === undefined)
        logger.warn('sockets are for calls that were answered, and without signatures anybody can ask for an answer');

      const server = createHttpServer(createNccoApp({ config, verifier, logger, lifecycle, checks }));
      const port = await listen(server, config.PORT, config.HOST);
      lifecycle.use('http', () => closeHttpServer(server));
      logger.info({ port }, 'listening');
    },
  },
  process.env,
);
