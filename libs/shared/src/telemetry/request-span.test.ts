import assert from 'node:assert/strict';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import { trace } from '@opentelemetry/api';
import express, { type RequestHandler } from 'express';
import { recordSpans, serve } from '../testing/index.ts';
import { requestTracing } from './request-span.ts';

const recorded = recordSpans();
const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';

/** @param onBody what happens in the place where the body is read */
async function setup(t: TestContext, handler: RequestHandler, onBody = () => {}) {
  const tracing = requestTracing(trace.getTracer('test'), (req) => req.query.conversation?.toString());
  const body: RequestHandler = (_req, _res, next) => {
    onBody();
    setImmediate(next);
  };
  const app = express().get('/hook', tracing.arrival, body, tracing.span, handler);
  const server = await serve(app);
  t.after(() => server[Symbol.asyncDispose]());
  return `${server.url}/hook`;
}

async function onlySpan() {
  // The span ends with the response, a moment after the client has all of it.
  while (recorded.ended().length === 0) await new Promise(setImmediate);
  const [span, ...others] = recorded.ended();
  assert.ok(span);
  assert.deepEqual(others, []);
  return span;
}

describe('the span of a webhook', () => {
  beforeEach(() => recorded.reset());

  it('is a child of the root of its call', async (t) => {
    const url = await setup(t, (_req, res) => void res.end());
    const response = await fetch(`${url}?conversation=${CONVERSATION}&from=14155550177`);
    const span = await onlySpan();
    assert.equal(span.name, 'GET /hook');
    assert.equal(span.spanContext().traceId, '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10');
    assert.equal(span.parentSpanContext?.spanId, '9a555f0a6f1e9d10');
    assert.deepEqual(span.attributes, {
      'http.request.method': 'GET',
      'http.route': '/hook',
      'url.path': '/hook',
      'http.response.status_code': 200,
    });
    assert.equal(
      response.headers.get('traceresponse'),
      `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`,
    );
  });

  it('is a root of its own where the call has no trace', async (t) => {
    const url = await setup(t, (_req, res) => void res.end());
    await fetch(url);
    assert.equal((await onlySpan()).parentSpanContext, undefined);
  });

  it('lasts from the arrival, before the body was read, to the end of the response', async (t) => {
    const startMs = Date.now();
    let nowMs = performance.now();
    t.mock.timers.enable({ apis: ['Date'], now: startMs });
    t.mock.method(performance, 'now', () => nowMs);
    const pass = (ms: number) => {
      nowMs += ms;
      t.mock.timers.tick(ms);
    };
    const answer: RequestHandler = (_req, res) => {
      pass(2000);
      setImmediate(() => {
        pass(3000);
        res.end();
      });
    };
    const url = await setup(t, answer, () => pass(1000));
    await fetch(url);
    const span = await onlySpan();
    assert.deepEqual(span.duration, [6, 0]);
    assert.equal(span.startTime[0] * 1000 + span.startTime[1] / 1e6, startMs);
  });

  it('never ends before it began, however fast the answer', async (t) => {
    const tracing = requestTracing(trace.getTracer('test'), () => undefined);
    const app = express().get('/', tracing.arrival, tracing.span, (_req, res) => void res.end());
    const server = await serve(app);
    t.after(() => server[Symbol.asyncDispose]());
    for (let i = 0; i < 50; i++) await (await fetch(server.url)).text();
    while (recorded.ended().length < 50) await new Promise(setImmediate);
    for (const { duration } of recorded.ended()) assert.ok(duration[0] > 0 || duration[1] > 0);
  });

  it('is the active one in what it calls', async (t) => {
    let active: string | undefined;
    const url = await setup(t, (_req, res) => {
      active = trace.getActiveSpan()?.spanContext().spanId;
      res.end();
    });
    await fetch(url);
    assert.equal((await onlySpan()).spanContext().spanId, active);
  });

  it('is an error from 500 on', async (t) => {
    const url = await setup(t, (_req, res) => void res.status(503).end());
    await fetch(url);
    assert.equal((await onlySpan()).status.code, 2);
  });
});
