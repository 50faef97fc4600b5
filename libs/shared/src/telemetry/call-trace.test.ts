import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { recordSpans } from '../testing/index.ts';
import { callContext, callTraceIds, startCallRoot } from './call-trace.ts';

const recorded = recordSpans();
const tracer = trace.getTracer('test');
const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
const TRACE = '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10';
const ROOT = '9a555f0a6f1e9d10';

describe('the trace of a call', () => {
  beforeEach(() => recorded.reset());

  it("has its ids from the conversation's UUID", () => {
    const ids = { traceId: TRACE, rootSpanId: ROOT };
    assert.deepEqual(callTraceIds(CONVERSATION), ids);
    assert.deepEqual(callTraceIds(CONVERSATION.toUpperCase()), ids);
    assert.deepEqual(callTraceIds(TRACE), ids);
  });

  it('has none where there is no UUID, or one that W3C forbids', () => {
    for (const id of [
      undefined,
      '',
      'CON-1',
      `${TRACE}0`,
      `CON-${'0'.repeat(32)}`,
      'CON-5b1b0f3e-3b0f-4f7e-0000-000000000000',
    ]) {
      assert.equal(callTraceIds(id), undefined, id);
    }
  });

  it('has ids for every other UUID, each its own', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        const ids = callTraceIds(`CON-${one}`);
        assert.match(ids?.traceId ?? '', /^[0-9a-f]{32}$/);
        assert.match(ids?.rootSpanId ?? '', /^[0-9a-f]{16}$/);
        assert.equal(ids?.traceId === callTraceIds(`CON-${other}`)?.traceId, one === other);
      }),
    );
  });

  it('has a root with these ids, and the spans of other services below it', () => {
    const ids = callTraceIds(CONVERSATION);
    assert.ok(ids);
    startCallRoot(tracer, ids, 'call').end();
    tracer.startSpan('elsewhere', {}, callContext(tracer, CONVERSATION)).end();
    const [root, child] = recorded.ended();
    assert.deepEqual([root?.spanContext().traceId, root?.spanContext().spanId], [TRACE, ROOT]);
    assert.equal(root?.parentSpanContext, undefined);
    assert.deepEqual([child?.spanContext().traceId, child?.parentSpanContext?.spanId], [TRACE, ROOT]);
    assert.notEqual(child?.spanContext().spanId, ROOT);
  });

  it('is not begun by asking for its context', () => {
    assert.ok(callContext(tracer, CONVERSATION));
    assert.deepEqual(recorded.ended(), []);
  });

  it('is no context where the conversation has no UUID', () => {
    assert.equal(callContext(tracer, 'CON-1'), undefined);
  });

  it('leaves the ids of all other spans random', () => {
    tracer.startSpan('one').end();
    tracer.startSpan('other').end();
    assert.equal(new Set(recorded.ended().map((span) => span.spanContext().traceId)).size, 2);
  });
});
