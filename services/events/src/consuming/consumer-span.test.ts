import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { injectTrace } from '@kodama/shared/messaging';
import { recordSpans } from '@kodama/shared/testing';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { headers } from 'nats';
import { consumed } from '../testing/index.ts';
import { consumerSpan } from './consumer-span.ts';
import type { Delivery } from './event-worker.ts';
import { TimelineStoreUnavailableError } from './timeline-store-unavailable-error.ts';

const recorded = recordSpans();
const around = consumerSpan(trace.getTracer('test'), { stream: 'CALLS', consumer: 'timelines' });
const event = consumed(7, {
  uuid: 'leg',
  conversation_uuid: 'CON-1',
  status: 'answered',
  timestamp: '2026-03-04T10:11:12Z',
});
const publish = { traceId: '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10', spanId: '00f067aa0ba902b7', traceFlags: 1 };

function delivered(inTrace: boolean): Pick<Delivery, 'headers' | 'deliveries'> {
  const own = headers();
  if (inTrace) injectTrace(own, trace.setSpanContext(ROOT_CONTEXT, publish));
  return { headers: own, deliveries: 2 };
}

describe('the span of an event that is consumed', () => {
  beforeEach(() => recorded.reset());

  it('is a child of the publish, and says what was done with what', async () => {
    await around(event, delivered(true), async () => {
      assert.equal(trace.getSpan(context.active()), undefined, 'what the store is asked leaves no spans');
    });
    const [span, ...more] = recorded.ended();
    assert.deepEqual(more, []);
    assert.equal(span?.name, 'process CALLS');
    assert.equal(span?.kind, SpanKind.CONSUMER);
    assert.equal(span?.spanContext().traceId, publish.traceId);
    assert.equal(span?.parentSpanContext?.spanId, publish.spanId);
    assert.deepEqual(span?.attributes, {
      'messaging.system': 'nats',
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.destination.name': 'calls.CON-1.leg.answered',
      'messaging.destination.template': 'calls.{conversation}.{leg}.{kind}',
      'messaging.consumer.group.name': 'timelines',
      'messaging.message.id': 'leg:answered:2026-03-04T10:11:12Z',
      'kodama.conversation.uuid': 'CON-1',
      'kodama.leg.uuid': 'leg',
      'kodama.event.kind': 'answered',
      'kodama.event.deliveries': 2,
    });
  });

  it('is an error with its code where the event could not be handled', async () => {
    const fail = () => Promise.reject(new TimelineStoreUnavailableError(new Error('away')));
    await assert.rejects(around(event, delivered(true), fail), { code: 'TIMELINES_UNAVAILABLE' });
    const [span] = recorded.ended();
    assert.equal(span?.status.code, SpanStatusCode.ERROR);
    assert.equal(span?.attributes['error.type'], 'TIMELINES_UNAVAILABLE');
  });

  it('is none where the message belongs to no trace', async () => {
    let worked = false;
    await around(event, delivered(false), async () => {
      worked = true;
    });
    assert.deepEqual([worked, recorded.ended()], [true, []]);
  });
});
