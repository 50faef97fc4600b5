import { AppError } from '@kodama/shared/errors';
import { onlyMethods, parseJsonObject, webhookBody } from '@kodama/shared/http';
import { callFields, type Logger, webhookTracing } from '@kodama/shared/telemetry';
import { type CallEvent, callOf, eventFieldsFromQuery, toCallEvent } from '@kodama/shared/voice';
import type { Tracer } from '@opentelemetry/api';
import { type RequestHandler, type Response, Router } from 'express';
import type { CallEventPublisher } from '../publishing/call-event-publisher.ts';

/** The same webhook under two names: ours, and the one that Vonage's tutorials use. */
const PATHS = ['/webhooks/event', '/webhooks/events'];

export interface EventRouteParts {
  readonly publisher: CallEventPublisher;
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
export function eventRoute({ publisher, logger, tracer }: EventRouteParts): Router {
  const tracing = webhookTracing(tracer, (_req, res) => received(res).event.conversationUuid);

  const readBody: RequestHandler = (req, res, next) => {
    const fields = parseJsonObject(req.body);
    if (fields === 'not JSON') throw new AppError('bad-request', 'EVENT_NOT_JSON', 'the body is not JSON in UTF-8');
    if (fields === 'not an object') {
      throw new AppError('bad-request', 'EVENT_NOT_OBJECT', 'the body is JSON, but not an object');
    }
    // The bytes as they came go on: what is parsed here serves to file them, and loses big numbers and repeated keys.
    res.locals.received = { event: toCallEvent(fields), body: req.body } satisfies Received;
    next();
  };

  const readQuery: RequestHandler = (req, res, next) => {
    const query = /\?(.*)/s.exec(req.originalUrl)?.[1] ?? '';
    const fields = eventFieldsFromQuery(query);
    if (Object.keys(fields).length === 0)
      throw new AppError('bad-request', 'EVENT_EMPTY', 'the query has no parameters');
    const body = Buffer.from(JSON.stringify(fields));
    res.locals.received = { event: toCallEvent(fields), body } satisfies Received;
    next();
  };

  const publish: RequestHandler = async (req, res) => {
    const { event, body } = received(res);
    const arrival = tracing.arrivalOf(req);
    const receipt = await publisher.publish({ event, body, receivedAt: new Date(arrival.epochMs) });
    res.status(204).end();
    logger.info(
      { ...callFields(callOf(event)), kind: event.kind, ...receipt, ms: arrival.elapsedMs() },
      'event published',
    );
  };

  const router = Router();
  for (const path of PATHS) {
    router
      .route(path)
      // Express would answer HEAD as GET, and publish an event that nobody sent.
      .head(onlyMethods('GET', 'POST'))
      .get(tracing.arrival, readQuery, tracing.span, publish)
      .post(tracing.arrival, ...webhookBody, readBody, tracing.span, publish)
      .all(onlyMethods('GET', 'POST'));
  }
  return router;
}

function received(res: Response): Received {
  return res.locals.received;
}
