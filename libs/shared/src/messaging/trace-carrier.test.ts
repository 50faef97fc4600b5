import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { recordSpans } from '../testing/index.ts';
import { extractTrace, injectTrace } from './trace-carrier.ts';

recordSpans();
const TRACE = '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10';
const SPAN = '9a555f0a6f1e9d10';
const inTrace = trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: SPAN, traceFlags: 1 });

describe('the trace of a message', () => {
  it('is written as W3C traceparent', () => {
    const headers = new Map<string, string>();
    context.with(inTrace, () => injectTrace(headers));
    assert.equal(headers.get('traceparent'), `00-${TRACE}-${SPAN}-01`);
  });

  it('is none where there is no trace', () => {
    const headers = new Map<string, string>();
    injectTrace(headers, ROOT_CONTEXT);
    assert.deepEqual([...headers.keys()], []);
  });

  it('is read back by whoever gets the message', () => {
    const headers = new Map<string, string>();
    const source = { keys: () => [...headers.keys()], get: (key: string) => headers.get(key) ?? '' };
    assert.equal(trace.getSpanContext(extractTrace(source)), undefined);
    context.with(inTrace, () => injectTrace(headers));
    const { traceId, spanId, isRemote } = trace.getSpanContext(extractTrace(source)) ?? {};
    assert.deepEqual([traceId, spanId, isRemote], [TRACE, SPAN, true]);
  });
});
