import { parse as parseQuery } from 'node:querystring';
import { AppError } from '@kodama/shared/errors';
import { onlyMethods, onlySigned, rawQuery, tokenIdOf, webhookBody } from '@kodama/shared/http';
import { parseJsonObject } from '@kodama/shared/json';
import type { WebhookVerifier } from '@kodama/shared/signing';
import { callFields, type Logger, requestTracing } from '@kodama/shared/telemetry';
import type { Tracer } from '@opentelemetry/api';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { CallRoots } from '../telemetry/call-roots.ts';
import { type AnswerRequest, toAnswerRequest } from './answer-request.ts';
import { type CallPlan, callNcco } from './call-ncco.ts';
import { parseHost, type SocketOrigin, socketUri } from './socket-uri.ts';

/** The same webhook under two names: ours, and the one that Vonage's tutorials use. */
const PATHS = ['/ncco', '/webhooks/answer'];

export interface AnswerRouteParts extends CallPlan {
  readonly logger: Logger;
  readonly tracer: Tracer;
  /** `undefined`: webhooks are not verified. */
  readonly verifier: WebhookVerifier | undefined;
  /** Where the sockets of all calls go; without it, to the host that the webhook came to. */
  readonly publicOrigin?: SocketOrigin | undefined;
}

/** The answer webhook, by GET (Vonage's default) and by POST (what its command line sets): 200 and the NCCO. */
export function answerRoute({ logger, tracer, verifier, publicOrigin, ...plan }: AnswerRouteParts): Router {
  const tracing = requestTracing(tracer, (_req, res) => answerRequest(res).conversationUuid);
  const roots = new CallRoots(tracer);
  const signed = onlySigned(verifier, 'ncco');

  const readQuery: RequestHandler = (req, res, next) => {
    // Of the very text that was verified.
    receive(res, toAnswerRequest(parseQuery(rawQuery(req))));
    next();
  };

  const readBody: RequestHandler = (req, res, next) => {
    const fields = parseJsonObject(req.body);
    if (fields === 'not JSON') throw new AppError('bad-request', 'ANSWER_NOT_JSON', 'the body is not JSON in UTF-8');
    if (fields === 'not an object') {
      throw new AppError('bad-request', 'ANSWER_NOT_OBJECT', 'the body is JSON, but not an object');
    }
    receive(res, toAnswerRequest(fields));
    next();
  };

  const root: RequestHandler = (req, res, next) => {
    roots.follow(answerRequest(res), tracing.arrivalOf(req), res);
    next();
  };

  const answer: RequestHandler = (req, res) => {
    const request = answerRequest(res);
    res.setHeader('cache-control', 'no-store');
    res.json(callNcco(request, plan, socketUri(publicOrigin ?? requestOrigin(req)), tokenIdOf(res)));
    const ms = tracing.arrivalOf(req).elapsedMs();
    logger.info({ ...res.locals.logFields, fallbackReason: request.fallbackReason, ms }, 'call answered');
  };

  const router = Router();
  for (const path of PATHS) {
    router
      .route(path)
      .all(onlyMethods('GET', 'POST'))
      .get(tracing.arrival, signed, readQuery, tracing.span, root, answer)
      .post(tracing.arrival, ...webhookBody, signed, readBody, tracing.span, root, answer);
  }
  return router;
}

function receive(res: Response, request: AnswerRequest): void {
  res.locals.answerRequest = request;
  res.locals.logFields = callFields(request);
}

function answerRequest(res: Response): AnswerRequest {
  return res.locals.answerRequest;
}

/** The origin that the request came to, as Express has it from the connection or from a proxy that is trusted. */
function requestOrigin(req: Request): SocketOrigin {
  const host = parseHost(req.host);
  if (host === undefined) {
    throw new AppError('bad-request', 'BAD_HOST', 'the Host that the request came with is not a host');
  }
  return { scheme: req.protocol === 'https' ? 'wss' : 'ws', host };
}
