import { createHttpApp } from '@kodama/shared/http';
import type { Lifecycle } from '@kodama/shared/lifecycle';
import type { Logger } from '@kodama/shared/telemetry';
import { trace } from '@opentelemetry/api';
import type { Express } from 'express';
import { answerRoute } from './answer/answer-route.ts';
import type { NccoConfig } from './config.ts';

export interface NccoAppParts {
  readonly config: NccoConfig;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}

/** The whole service but for its port: the answer webhook, and health. */
export function createNccoApp({ config, logger, lifecycle }: NccoAppParts): Express {
  return createHttpApp({
    logger,
    lifecycle,
    checks: {},
    trustProxy: config.TRUST_PROXY,
    routes: [
      answerRoute({
        logger,
        tracer: trace.getTracer('ncco-api'),
        publicOrigin: config.PUBLIC_ORIGIN,
        greeting: {
          text: config.GREETING_TEXT,
          language: config.GREETING_LANGUAGE,
          style: config.GREETING_STYLE,
        },
        sampleRateHz: config.SAMPLE_RATE_HZ,
        handler: config.HANDLER,
        handlersByNumber: config.HANDLERS_BY_NUMBER,
      }),
    ],
  });
}
