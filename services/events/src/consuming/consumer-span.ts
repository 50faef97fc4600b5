import { extractTrace } from '@kodama/shared/messaging';
import { attributes } from '@kodama/shared/telemetry';
import { SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { markFailed, messageAttributes } from '../event-span.ts';
import type { ConsumedEvent } from './consumed-event.ts';
import type { Delivery } from './event-worker.ts';

/**
 * A span around the work on one event, in the trace that its message carries, from the first try to the end of an outage. A
 * message without a trace gets none. What the work asks of a store leaves no spans of its own: there would be more of them
 * than of the calls.
 */
export function consumerSpan(tracer: Tracer, { stream, consumer }: { stream: string; consumer: string }) {
  return async (
    event: ConsumedEvent,
    delivery: Pick<Delivery, 'headers' | 'deliveries'>,
    work: () => Promise<void>,
  ): Promise<void> => {
    const parent = delivery.headers && extractTrace(delivery.headers);
    if (!parent || trace.getSpanContext(parent) === undefined) return work();
    const span = tracer.startSpan(
      `process ${stream}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: {
          ...messageAttributes(event, { type: 'process', name: 'process' }),
          'messaging.consumer.group.name': consumer,
          [attributes.eventDeliveries]: delivery.deliveries,
        },
      },
      parent,
    );
    try {
      await work();
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  };
}
