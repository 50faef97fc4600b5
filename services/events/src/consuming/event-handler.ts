import type { ConsumedEvent } from './consumed-event.ts';

/** What is done with each event of the stream. */
export interface EventHandler {
  /** The durable consumer's name: all replicas share the work of one name. Letters, digits, `-` and `_`. */
  readonly name: string;
  /**
   * Has to be idempotent: an event may be delivered more than once, and in any order.
   *
   * @throws AppError of the kind `unavailable` while something that it needs is away: the event is tried again until that is
   *   back. Any other error counts against the event
   */
  handle(event: ConsumedEvent): Promise<void>;
  /**
   * Rejects while what it needs is away. Asked before events are fetched at all: each fetch counts against an event whose
   * process then ends.
   */
  ready?(): Promise<void>;
}
