import { attributes } from '@kodama/shared/telemetry';
import { context, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { markFailed, messageAttributes } from '../event-span.ts';
import type { CallEventMessage, CallEventPublisher, PublishReceipt } from './call-event-publisher.ts';

/** A publisher with a span around each publish, whose context the message carries on to its consumers. */
export function tracedPublisher(publisher: CallEventPublisher, tracer: Tracer): CallEventPublisher {
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
      throw error;
    } finally {
      span.end();
    }
  };
  return { stream: publisher.stream, publish };
}
