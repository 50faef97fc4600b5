import { attributes, counters } from '@kodama/shared/telemetry';
import { context, metrics, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { failureType, markFailed, messageAttributes } from '../event-span.ts';
import type { CallEventMessage, CallEventPublisher, PublishReceipt } from './call-event-publisher.ts';

/** A publisher with a span around each publish, whose context the message carries on to its consumers, and a count of failures. */
export function tracedPublisher(publisher: CallEventPublisher, tracer: Tracer): CallEventPublisher {
  const refused = metrics.getMeter('kodama').createCounter(counters.eventsRefused, {
    description: 'Events that were not kept, and refused with 503',
    unit: '{event}',
  });
  const publish = async (message: CallEventMessage): Promise<PublishReceipt> => {
    const span = tracer.startSpan(`publish ${publisher.stream}`, {
      kind: SpanKind.PRODUCER,
      attributes: {
        ...messageAttributes(message, { type: 'send', name: 'publish' }),
        'messaging.message.body.size': message.body.length,
      },
    });
    try {
      const receipt = await context.with(trace.setSpan(context.active(), span), () => publisher.publish(message));
      span.setAttribute(attributes.eventDuplicate, receipt.duplicate);
      return receipt;
    } catch (error) {
      markFailed(span, error);
      refused.add(1, { 'error.type': failureType(error) });
      throw error;
    } finally {
      span.end();
    }
  };
  return { stream: publisher.stream, publish };
}
