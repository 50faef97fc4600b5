import { AppError } from '@kodama/shared/errors';
import { extractTrace } from '@kodama/shared/messaging';
import { attributes } from '@kodama/shared/telemetry';
import { identityOf } from '@kodama/shared/voice';
import { SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { ConsumedEvent } from './consumed-event.ts';
import type { Delivery } from './event-worker.ts';

/**
 * A span around the work on one event, in the trace that its message carries, from the first try to the end of an outage. A
 * message without a trace gets none. What the work asks of a store leaves no spans of its own: there would be more of them
 * than of the calls.
 */
export function consumerSpan(tracer: Tracer, { stream, consumer }: { stream: string; consumer: string }) {
  return async (
    { event, id, subject }: ConsumedEvent,
    delivery: Delivery,
    work: () => Promise<void>,
  ): Promise<void> => {
    const parent = delivery.headers && extractTrace(delivery.headers);
    if (!parent || trace.getSpanContext(parent) === undefined) return work();
    const { conversationUuid, legUuid } = identityOf(event);
    const span = tracer.startSpan(
      `process ${stream}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: {
          'messaging.system': 'nats',
          'messaging.operation.type': 'process',
          'messaging.operation.name': 'process',
          'messaging.destination.name': subject,
          'messaging.destination.template': 'calls.{conversation}.{leg}.{kind}',
          'messaging.consumer.group.name': consumer,
          'messaging.message.id': id,
          [attributes.conversationUuid]: conversationUuid,
          [attributes.legUuid]: legUuid,
          [attributes.eventKind]: event.kind,
          [attributes.eventDeliveries]: delivery.deliveries,
        },
      },
      parent,
    );
    try {
      await work();
    } catch (error) {
      const { name } = error instanceof Error ? error : { name: typeof error };
      span.setAttribute('error.type', error instanceof AppError ? error.code : name);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  };
}
