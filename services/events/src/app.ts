import { createHttpApp, type ReadinessCheck } from '@kodama/shared/http';
import type { Lifecycle } from '@kodama/shared/lifecycle';
import type { WebhookVerifier } from '@kodama/shared/signing';
import type { Logger } from '@kodama/shared/telemetry';
import { trace } from '@opentelemetry/api';
import type { Express } from 'express';
import type { CallEventPublisher } from './publishing/call-event-publisher.ts';
import { tracedPublisher } from './publishing/traced-publisher.ts';
import { eventRoute } from './webhook/event-route.ts';

export interface EventsAppParts {
  readonly publisher: CallEventPublisher;
  /** `undefined`: webhooks are not verified. */
  readonly verifier: WebhookVerifier | undefined;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
}

/** The whole service but for its port and its broker: the event webhook, and health. */
export function createEventsApp({ publisher, verifier, logger, lifecycle, checks }: EventsAppParts): Express {
  const tracer = trace.getTracer('events');
  return createHttpApp({
    logger,
    lifecycle,
    checks,
    routes: [eventRoute({ publisher: tracedPublisher(publisher, tracer), verifier, logger, tracer })],
  });
}
