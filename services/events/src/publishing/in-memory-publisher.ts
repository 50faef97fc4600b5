import { DEFAULT_EVENTS_STREAM } from '@kodama/shared/messaging';
import { type Clock, systemClock } from '@kodama/shared/time';
import type { MsgHdrs } from 'nats';
import type { CallEventMessage, CallEventPublisher, PublishReceipt } from './call-event-publisher.ts';
import { messageHeaders } from './message-headers.ts';

/** An event as a consumer would get it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: MsgHdrs;
  readonly body: Uint8Array;
}

export interface InMemoryPublisherOptions {
  /** Messages that are kept, and message ids that are remembered; the oldest go first. Default 10 000. */
  readonly capacity?: number;
  /** Default ten minutes. */
  readonly duplicateWindowMs?: number;
  readonly clock?: Clock;
  /** Has each message as soon as it is kept, in place of a durable consumer. Default: nobody. */
  readonly deliver?: (message: StoredMessage) => Promise<void>;
}

/** The embedded adapter, for one process with no NATS: behaves as JetStream does, and forgets everything at its end. */
export class InMemoryPublisher implements CallEventPublisher {
  readonly stream = DEFAULT_EVENTS_STREAM;
  readonly #capacity: number;
  readonly #duplicateWindowMs: number;
  readonly #clock: Clock;
  readonly #deliver: ((message: StoredMessage) => Promise<void>) | undefined;
  readonly #messages: StoredMessage[] = [];
  /** Message id -> the message it belongs to, oldest first. */
  readonly #ids = new Map<string, { readonly sequence: number; readonly expiresMs: number }>();
  #lastSequence = 0;

  constructor({
    capacity = 10_000,
    duplicateWindowMs = 600_000,
    clock = systemClock,
    deliver,
  }: InMemoryPublisherOptions = {}) {
    this.#capacity = capacity;
    this.#duplicateWindowMs = duplicateWindowMs;
    this.#clock = clock;
    this.#deliver = deliver;
  }

  /** The messages that are kept, oldest first. */
  get messages(): readonly StoredMessage[] {
    return this.#messages;
  }

  async publish(message: CallEventMessage): Promise<PublishReceipt> {
    const nowMs = this.#clock.monotonicMs();
    const { id: messageId, subject, body } = message;
    const first = this.#ids.get(messageId);
    if (first && first.expiresMs > nowMs) return { sequence: first.sequence, duplicate: true };
    for (const [id, { expiresMs }] of this.#ids) {
      if (expiresMs > nowMs && this.#ids.size < this.#capacity) break;
      this.#ids.delete(id);
    }

    const headers = messageHeaders(message, this.stream);
    this.#lastSequence += 1;
    const sequence = this.#lastSequence;
    const stored = { sequence, subject, headers, body };
    this.#ids.set(messageId, { sequence, expiresMs: nowMs + this.#duplicateWindowMs });
    this.#messages.push(stored);
    if (this.#messages.length > this.#capacity) this.#messages.shift();
    await this.#deliver?.(stored);
    return { sequence, duplicate: false };
  }
}
