import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordSpans } from '@kodama/shared/testing';
import { trace } from '@opentelemetry/api';
import { endedLeg, openedLeg } from '../testing/leg-records.ts';
import { LegTracing } from './leg-tracing.ts';

const spans = recordSpans();

describe('the span of a leg', () => {
  it('is as long as the leg was, however long the write of its record takes, and that write’s parent', async () => {
    const tracer = trace.getTracer('test');
    const record = endedLeg(openedLeg({ startedAt: '2026-03-04T10:00:00.250Z' }));
    const write = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      tracer.startSpan('hset').end();
    };
    await new LegTracing(tracer).ended(record, write, undefined);
    const leg = spans.ended().find(({ name }) => name === 'leg');
    const hset = spans.ended().find(({ name }) => name === 'hset');
    assert.deepEqual(leg?.startTime, [Date.parse('2026-03-04T10:00:00.000Z') / 1000, 250e6]);
    assert.deepEqual(leg.endTime, [Date.parse('2026-03-04T10:00:05.000Z') / 1000, 250e6]);
    assert.equal(hset?.parentSpanContext?.spanId, leg.spanContext().spanId);
  });
});
