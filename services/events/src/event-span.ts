import { AppError } from '@kodama/shared/errors';
import { attributes } from '@kodama/shared/telemetry';
import { type CallEvent, identityOf } from '@kodama/shared/voice';
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';

/** What the spans of an event's message have in common, by OpenTelemetry's conventions for messaging. */
export function messageAttributes({ event, id, subject }: EventMessage, operation: Operation): Attributes {
  const { conversationUuid, legUuid } = identityOf(event);
  return {
    'messaging.system': 'nats',
    'messaging.operation.type': operation.type,
    'messaging.operation.name': operation.name,
    'messaging.destination.name': subject,
    'messaging.destination.template': 'calls.{conversation}.{leg}.{kind}',
    'messaging.message.id': id,
    [attributes.conversationUuid]: conversationUuid,
    [attributes.legUuid]: legUuid,
    [attributes.eventKind]: event.kind,
  };
}

interface EventMessage {
  readonly event: CallEvent;
  readonly id: string;
  readonly subject: string;
}

interface Operation {
  readonly type: 'send' | 'process';
  readonly name: string;
}

export function markFailed(span: Span, error: unknown): void {
  span.setAttribute('error.type', failureType(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Its code, or its name where it is no error of ours. */
export function failureType(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
