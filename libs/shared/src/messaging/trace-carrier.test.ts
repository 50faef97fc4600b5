import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { headers } from 'nats';
import { recordSpans } from '../testing/index.ts';
import { extractTrace, injectTrace } from './trace-carrier.ts';

recordSpans();
const TRACE = '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10';
const SPAN = '9a555f0a6f1e9d10';
const inTrace = trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: SPAN, traceFlags: 1 });

describe('the trace of a message', () => {
  it('is written as W3C traceparent', () => {
    const message = headers();
    context.with(inTrace, () => injectTrace(message));
    assert.equal(message.get('traceparent'), `00-${TRACE}-${SPAN}-01`);
  });

  it('is read back as the remote parent, through the bytes on the wire', () => {
    const message = headers();
    injectTrace(message, inTrace);
    const span = trace.getSpanContext(extractTrace(message));
    assert.deepEqual([span?.traceId, span?.spanId, span?.traceFlags, span?.isRemote], [TRACE, SPAN, 1, true]);
  });

  it('is none where there are no headers, no trace or nonsense', () => {
    assert.equal(trace.getSpanContext(extractTrace(undefined)), undefined);
    assert.equal(trace.getSpanContext(extractTrace(headers())), undefined);
    const nonsense = headers();
    nonsense.set('traceparent', 'nonsense');
    assert.equal(trace.getSpanContext(extractTrace(nonsense)), undefined);
    const none = headers();
    injectTrace(none, ROOT_CONTEXT);
    assert.deepEqual(none.keys(), []);
  });
});
