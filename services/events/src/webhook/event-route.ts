import { AppError } from '@kodama/shared/errors';
import { onlyMethods, onlySigned, rawQuery, webhookBody } from '@kodama/shared/http';
import { parseJsonObject } from '@kodama/shared/json';
import type { WebhookVerifier } from '@kodama/shared/signing';
import { callFields, type Logger, requestTracing } from '@kodama/shared/telemetry';
import { type CallEvent, eventBodyFromQuery, identityOf, toCallEvent } from '@kodama/shared/voice';
import type { Tracer } from '@opentelemetry/api';
import { type RequestHandler, type Response, Router } from 'express';
import { type CallEventPublisher, callEventMessage } from '../publishing/call-event-publisher.ts';

/** The same webhook under two names: ours, and the one that Vonage's tutorials use. */
const PATHS = ['/webhooks/event', '/webhooks/events'];

const EMPTY_OBJECT = '{}';

export interface EventRouteParts {
  readonly publisher: CallEventPublisher;
  /** `undefined`: webhooks are not verified. */
  readonly verifier: WebhookVerifier | undefined;
  readonly logger: Logger;
  readonly tracer: Tracer;
}

interface Received {
  readonly event: CallEvent;
  readonly body: Uint8Array;
}

/**
 * The event webhook, by POST (Vonage's default) and by GET: 204 once the event is kept, 503 where it cannot be, upon which
 * Vonage tries once more. The reply has no body: Vonage would take a JSON array for a new NCCO.
 */
export function eventRoute({ publisher, verifier, logger, tracer }: EventRouteParts): Router {
  const tracing = requestTracing(tracer, (_req, res) => received(res).event.conversationUuid);

  const signed = onlySigned(verifier, 'events');

  const readBody: RequestHandler = (req, res, next) => {
    // The bytes as they came go on: what is parsed here serves to file them, and loses big numbers and repeated keys.
    receive(res, { event: toCallEvent(fieldsOf(req.body)), body: req.body });
    next();
  };

  const readQuery: RequestHandler = (req, res, next) => {
    const body = Buffer.from(eventBodyFromQuery(rawQuery(req)));
    if (body.length === EMPTY_OBJECT.length) {
      throw new AppError('bad-request', 'EVENT_EMPTY', 'the query has no parameters');
    }
    receive(res, { event: toCallEvent(fieldsOf(body)), body });
    next();
  };

  const publish: RequestHandler = async (req, res) => {
    const { event, body } = received(res);
    const arrival = tracing.arrivalOf(req);
    const receipt = await publisher.publish(callEventMessage({ event, body, receivedAt: new Date(arrival.epochMs) }));
    res.status(204).end();
    logger.info({ ...res.locals.logFields, ...receipt, ms: arrival.elapsedMs() }, 'event published');
  };

  const router = Router();
  for (const path of PATHS) {
    router
      .route(path)
      .all(onlyMethods('GET', 'POST'))
      .get(tracing.arrival, signed, readQuery, tracing.span, publish)
      .post(tracing.arrival, ...webhookBody, signed, readBody, tracing.span, publish);
  }
  return router;
}

/** @throws AppError for a body that is no JSON object, or one that nobody should have to read */
function fieldsOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  const fields = parseJsonObject(body);
  if (fields === 'not JSON') throw new AppError('bad-request', 'EVENT_NOT_JSON', 'the body is not JSON in UTF-8');
  if (fields === 'not an object') {
    throw new AppError('bad-request', 'EVENT_NOT_OBJECT', 'the body is JSON, but not an object');
  }
  return fields;
}

function receive(res: Response, what: Received): void {
  res.locals.received = what;
  res.locals.logFields = { ...callFields(identityOf(what.event)), kind: what.event.kind };
}

function received(res: Response): Received {
  return res.locals.received;
}
