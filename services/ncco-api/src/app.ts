import { createHttpApp, type ReadinessCheck } from '@kodama/shared/http';
import type { Lifecycle } from '@kodama/shared/lifecycle';
import { SocketTokens, type WebhookVerifier } from '@kodama/shared/signing';
import type { Logger } from '@kodama/shared/telemetry';
import { systemClock } from '@kodama/shared/time';
import { trace } from '@opentelemetry/api';
import type { Express } from 'express';
import { answerRoute } from './answer/answer-route.ts';
import { byNothing, byToken, byVonage, type SocketAuthorizer } from './answer/socket-authorization.ts';
import type { NccoConfig } from './config.ts';

export interface NccoAppParts {
  readonly config: Omit<NccoConfig, 'REDIS_URL'>;
  /** `undefined`: webhooks are not verified. */
  readonly verifier: WebhookVerifier | undefined;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
}

/** The whole service but for its port: the answer webhook, and health. */
export function createNccoApp({ config, verifier, logger, lifecycle, checks }: NccoAppParts): Express {
  return createHttpApp({
    logger,
    lifecycle,
    checks,
    trustProxy: config.TRUST_PROXY,
    routes: [
      answerRoute({
        logger,
        tracer: trace.getTracer('ncco-api'),
        verifier,
        publicOrigin: config.PUBLIC_ORIGIN,
        greeting: {
          text: config.GREETING_TEXT,
          language: config.GREETING_LANGUAGE,
          style: config.GREETING_STYLE,
        },
        sampleRateHz: config.SAMPLE_RATE_HZ,
        handler: config.HANDLER,
        handlersByNumber: config.HANDLERS_BY_NUMBER,
        authorize: authorizer(config),
      }),
    ],
  });
}

function authorizer({
  SOCKET_AUTH,
  SOCKET_TOKEN_SECRETS,
  SOCKET_TOKEN_TTL_SECONDS,
}: NccoAppParts['config']): SocketAuthorizer {
  switch (SOCKET_AUTH) {
    case 'token':
      return byToken(
        new SocketTokens(SOCKET_TOKEN_SECRETS, { ttlSeconds: SOCKET_TOKEN_TTL_SECONDS, nowMs: systemClock.epochMs }),
      );
    case 'vonage':
      return byVonage;
    case 'off':
      return byNothing;
  }
}
