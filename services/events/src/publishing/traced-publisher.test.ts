import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { recordSpans } from '@kodama/shared/testing';
import { toCallEvent } from '@kodama/shared/voice';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type CallEventPublisher, callEventMessage, PublishTimeoutError } from './call-event-publisher.ts';
import { InMemoryPublisher } from './in-memory-publisher.ts';
import { tracedPublisher } from './traced-publisher.ts';

const recorded = recordSpans();
const tracer = trace.getTracer('test');
const fields = { uuid: 'leg', conversation_uuid: 'CON-1', status: 'answered', timestamp: '2026-03-04T10:11:12Z' };
const message = callEventMessage({ event: toCallEvent(fields), body: Buffer.from('{}'), receivedAt: new Date(0) });

describe('the span of a publish', () => {
  beforeEach(() => recorded.reset());

  it('is a child of what is under way, and the parent of what the message brings about', async () => {
    const publisher = new InMemoryPublisher();
    const parent = tracer.startSpan('webhook');
    await context.with(trace.setSpan(context.active(), parent), () =>
      tracedPublisher(publisher, tracer).publish(message),
    );
    const [span] = recorded.ended();
    assert.equal(span?.kind, SpanKind.PRODUCER);
    assert.equal(span?.parentSpanContext?.spanId, parent.spanContext().spanId);
    const { traceId, spanId } = span?.spanContext() ?? {};
    assert.equal(publisher.messages[0]?.headers.get('traceparent'), `00-${traceId}-${spanId}-01`);
  });

  it('says what went where', async () => {
    const publisher = tracedPublisher(new InMemoryPublisher(), tracer);
    await publisher.publish(message);
    await publisher.publish(message);
    const [first, second] = recorded.ended();
    assert.equal(first?.name, 'publish CALLS');
    assert.deepEqual(first?.attributes, {
      'messaging.system': 'nats',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'publish',
      'messaging.destination.name': 'calls.CON-1.leg.answered',
      'messaging.destination.template': 'calls.{conversation}.{leg}.{kind}',
      'messaging.message.id': 'leg:answered:2026-03-04T10:11:12Z',
      'messaging.message.body.size': 2,
      'kodama.conversation.uuid': 'CON-1',
      'kodama.leg.uuid': 'leg',
      'kodama.event.kind': 'answered',
      'kodama.event.duplicate': false,
    });
    assert.equal(second?.attributes['kodama.event.duplicate'], true);
  });

  it('is an error with its code where the event was not kept', async () => {
    const failing: CallEventPublisher = {
      stream: 'CALLS',
      publish: () => Promise.reject(new PublishTimeoutError(2000)),
    };
    await assert.rejects(tracedPublisher(failing, tracer).publish(message), { code: 'PUBLISH_TIMEOUT' });
    const [span] = recorded.ended();
    assert.equal(span?.status.code, SpanStatusCode.ERROR);
    assert.equal(span?.attributes['error.type'], 'PUBLISH_TIMEOUT');
  });
});
