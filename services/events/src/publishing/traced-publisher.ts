import { AppError } from '@kodama/shared/errors';
import { attributes } from '@kodama/shared/telemetry';
import { identityOf } from '@kodama/shared/voice';
import { context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { CallEventMessage, CallEventPublisher, PublishReceipt } from './call-event-publisher.ts';

/** A publisher with a span around each publish, whose context the message carries on to its consumers. */
export function tracedPublisher(publisher: CallEventPublisher, tracer: Tracer): CallEventPublisher {
  const publish = async (message: CallEventMessage): Promise<PublishReceipt> => {
    const { event, subject, id, body } = message;
    const { conversationUuid, legUuid } = identityOf(event);
    const span = tracer.startSpan(`publish ${publisher.stream}`, {
      kind: SpanKind.PRODUCER,
      attributes: {
        'messaging.system': 'nats',
        'messaging.operation.type': 'send',
        'messaging.operation.name': 'publish',
        'messaging.destination.name': subject,
        'messaging.destination.template': 'calls.{conversation}.{leg}.{kind}',
        'messaging.message.id': id,
        'messaging.message.body.size': body.length,
        [attributes.conversationUuid]: conversationUuid,
        [attributes.legUuid]: legUuid,
        [attributes.eventKind]: event.kind,
      },
    });
    try {
      const receipt = await context.with(trace.setSpan(context.active(), span), () => publisher.publish(message));
      span.setAttribute(attributes.eventDuplicate, receipt.duplicate);
      return receipt;
    } catch (error) {
      span.setAttribute('error.type', error instanceof AppError ? error.code : 'INTERNAL');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  };
  return { stream: publisher.stream, publish };
}
