import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { callContext } from './call-trace.ts';

/**
 * When a request came. A span that is given its start has to be given its end too: left to itself the SDK takes the wall
 * clock's whole milliseconds for it, in which a fast answer ends before it began.
 */
export class Arrival {
  /** Wall clock, ms since 1970 UTC. */
  readonly epochMs = Date.now();
  readonly #monotonicMs = performance.now();

  /** Time since then, ms, to the microsecond. */
  elapsedMs(): number {
    return Math.round((performance.now() - this.#monotonicMs) * 1000) / 1000;
  }
}

/**
 * The server span of a request, made by hand: the parent of a webhook's is known only once the body is read, and the
 * instrumentations of http and Express cost more than all else that a webhook does. Two middlewares: `arrival` goes before
 * the body parser, `span` behind it. What `span` calls runs in the span's context. A request that is refused before `span`
 * (not signed, no JSON, too large) belongs to no call and leaves no trace.
 */
export function requestTracing(tracer: Tracer, conversationOf: (req: Request, res: Response) => string | undefined) {
  const arrivals = new WeakMap<Request, Arrival>();

  const arrival: RequestHandler = (req, _res, next) => {
    arrivals.set(req, new Arrival());
    next();
  };

  const arrivalOf = (req: Request): Arrival => arrivals.get(req) ?? new Arrival();

  const span: RequestHandler = (req, res, next) => {
    const route = String(req.route?.path ?? req.path);
    const parent = callContext(tracer, conversationOf(req, res)) ?? ROOT_CONTEXT;
    const arrived = arrivalOf(req);
    const serverSpan = tracer.startSpan(
      `${req.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        startTime: arrived.epochMs,
        attributes: { 'http.request.method': req.method, 'http.route': route, 'url.path': req.path },
      },
      parent,
    );
    const { traceId, spanId, traceFlags } = serverSpan.spanContext();
    // For the proxy's access log: the line of a webhook leads to its call's trace. No ids where tracing is off.
    if (isSpanContextValid(serverSpan.spanContext())) {
      res.setHeader('traceresponse', `00-${traceId}-${spanId}-0${traceFlags}`);
    }
    res.once('close', () => {
      serverSpan.setAttribute('http.response.status_code', res.statusCode);
      if (res.statusCode >= 500) serverSpan.setStatus({ code: SpanStatusCode.ERROR });
      serverSpan.end(arrived.epochMs + arrived.elapsedMs());
    });
    context.with(trace.setSpan(parent, serverSpan), next);
  };

  return { arrival, span, arrivalOf };
}
