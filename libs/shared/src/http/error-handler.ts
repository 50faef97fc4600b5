import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError, type ErrorKind } from '../errors/app-error.ts';
import { inShort, type Logger } from '../telemetry/logger.ts';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  'bad-request': 400,
  unauthorized: 401,
  'not-found': 404,
  'method-not-allowed': 405,
  'too-large': 413,
  'upgrade-required': 426,
  'unsupported-media-type': 415,
  unavailable: 503,
};

/** What body parsers and the router throw: http-errors' shape. `type` is body-parser's name of what went wrong. */
interface HttpError {
  readonly status?: number;
  readonly type?: string;
  readonly limit?: number;
}

/**
 * The last middleware: turns whatever was thrown into a status and `{"error": {"code", "message"}}`, and one log line. A
 * route that has found out which call a request is about puts the call's fields into `res.locals.logFields`, and the line
 * has them. A failure that has a code is a warning, also a part that is away: in an outage each request has its line, and
 * the part's adapter the one that matters. A failure that nobody foresaw is an error.
 */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const known = error instanceof AppError ? error : fromHttpError(error);
    if (!known) {
      logger.error({ ...res.locals.logFields, err: error, method: req.method, path: req.path }, 'request failed');
      res.status(500).json({ error: { code: 'INTERNAL', message: 'an unexpected failure; it is in the log' } });
      return;
    }
    const status = STATUS[known.kind];
    const line = {
      ...res.locals.logFields,
      code: known.code,
      status,
      method: req.method,
      path: req.path,
      ...(known.cause !== undefined && { cause: inShort(known.cause) }),
    };
    logger.warn(line, known.message);
    if (status === 401) res.setHeader('www-authenticate', 'Bearer');
    if (status === 503) res.setHeader('retry-after', '1');
    res.status(status).json({ error: { code: known.code, message: known.message } });
  };
}

function fromHttpError(error: HttpError): AppError | undefined {
  if (error.type === 'entity.too.large') {
    return new AppError('too-large', 'BODY_TOO_LARGE', `the body is larger than ${error.limit} bytes`);
  }
  if (error.type === 'encoding.unsupported') {
    return new AppError('unsupported-media-type', 'ENCODING_UNSUPPORTED', 'the body must not be compressed');
  }
  if (error.status !== undefined && error.status >= 400 && error.status < 500) {
    return new AppError('bad-request', 'BAD_REQUEST', 'the request cannot be read');
  }
  return undefined;
}

/** The middleware before it: nothing answered. */
export const notFound: RequestHandler = (req) => {
  throw new AppError('not-found', 'NOT_FOUND', `there is no ${req.method} ${req.path}`);
};
