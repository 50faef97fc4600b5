import { AppError } from '@kodama/shared/errors';
import { callMessageId, callSubject } from '@kodama/shared/messaging';
import type { CallEvent } from '@kodama/shared/voice';

/** An event as it came. */
export interface ReceivedCallEvent {
  readonly event: CallEvent;
  /** The event as it came, byte for byte. */
  readonly body: Uint8Array;
  readonly receivedAt: Date;
}

/** An event on its way to whoever wants to know. */
export interface CallEventMessage extends ReceivedCallEvent {
  readonly subject: string;
  /** What the event is known again by: of some kinds the hash of all of it, so it is made once. */
  readonly id: string;
}

export function callEventMessage(received: ReceivedCallEvent): CallEventMessage {
  return { ...received, subject: callSubject(received.event), id: callMessageId(received.event) };
}

export interface PublishReceipt {
  /** The event's place in the stream, from 1. Of a duplicate, the place of the first. */
  readonly sequence: number;
  /** It was there already: Vonage had sent it before. */
  readonly duplicate: boolean;
}

/** What the event webhook needs of a message broker. */
export interface CallEventPublisher {
  /** Name of the stream that the events go to. */
  readonly stream: string;
  /**
   * Resolves once the event is kept, and not before.
   *
   * @throws PublishError with the reason why it is not certain to be kept; publishing it again is harmless
   */
  publish(message: CallEventMessage): Promise<PublishReceipt>;
}

/** Any way in which an event could not be handed over for certain. Vonage is answered 503, and tries once more. */
export abstract class PublishError extends AppError {
  constructor(code: string, message: string, cause?: unknown) {
    super('unavailable', code, message, cause === undefined ? {} : { cause });
    this.name = new.target.name;
  }
}

/** Thrown when there is no connection to NATS, or when it was lost before the acknowledgement: the event may have been kept. */
export class NotConnectedError extends PublishError {
  constructor(cause?: unknown) {
    super('NATS_NOT_CONNECTED', 'there is no connection to NATS', cause);
  }
}

/** Thrown when no acknowledgement came in time. The event may have been kept all the same. */
export class PublishTimeoutError extends PublishError {
  constructor(timeoutMs: number, cause?: unknown) {
    super('PUBLISH_TIMEOUT', `the event was not acknowledged within ${timeoutMs} ms`, cause);
  }
}

/** Thrown when JetStream is off or starting, or does not take the stream or the event; the cause has its words. */
export class StreamUnavailableError extends PublishError {
  constructor(cause: unknown) {
    super('STREAM_UNAVAILABLE', 'the stream of call events is not available', cause);
  }
}

/** Thrown when the stream has reached EVENTS_MAX_BYTES, or the server its own limit. Nothing kept is given up for the new. */
export class StreamFullError extends PublishError {
  constructor(cause?: unknown) {
    super('STREAM_FULL', 'the stream of call events is full', cause);
  }
}
