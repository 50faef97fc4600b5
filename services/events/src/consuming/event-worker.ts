import { callFields, type Logger } from '@kodama/shared/telemetry';
import { identityOf } from '@kodama/shared/voice';
import { type ConsumedEvent, readConsumedEvent } from './consumed-event.ts';
import type { DeadLetter, MessageHeaders } from './dead-letter.ts';
import type { EventHandler } from './event-handler.ts';
import { failureFields, HandlingError, isUnavailable, reasonOf } from './handling-error.ts';
import type { Outage } from './outage.ts';

/** A message as a consumer of JetStream gets it, as far as a worker needs it. */
export interface Delivery {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: MessageHeaders | undefined;
  readonly body: Uint8Array;
  /** How often it was delivered, this time included, from 1. */
  readonly deliveries: number;
  readonly storedAtNs: number;
  ack(): void;
  /** Gives it back, to come again after this time. */
  nak(delayMs: number): void;
  /** Gives it up. */
  term(reason: string): void;
  /** Says that it is still being worked on. */
  working(): void;
  /** Comes when nobody will hear of it any more: the connection is lost, or the process is stopping. */
  readonly signal: AbortSignal;
}

export interface EventWorkerParts {
  readonly handler: EventHandler;
  readonly maxDeliveries: number;
  readonly outage: Outage;
  readonly logger: Logger;
  readonly writeDeadLetter: (letter: DeadLetter) => Promise<void>;
  /** Runs the work on one event in whatever surroundings it is to have: a span. */
  readonly around: (event: ConsumedEvent, delivery: Delivery, work: () => Promise<void>) => Promise<void>;
}

/** Pauses before a message that failed comes again: the first, and the longest, ms. Each is twice the one before. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** What becomes of one message: handled, tried again later, or given up. Never rejects. */
export class EventWorker {
  readonly #parts: EventWorkerParts;

  constructor(parts: EventWorkerParts) {
    this.#parts = parts;
  }

  async work(delivery: Delivery): Promise<void> {
    const { maxDeliveries } = this.#parts;
    try {
      if (delivery.deliveries > maxDeliveries * 2) {
        // Whoever had it was gone each time, or could not write the letter. An outage of the store may have a part in that, by
        // restarts: so it was tried for longer than one that fails.
        await this.#giveUp(
          delivery,
          new HandlingError(`delivered ${delivery.deliveries} times, and never handled to the end`),
        );
      } else {
        await this.#handle(delivery);
      }
    } catch (err) {
      const last = delivery.deliveries >= maxDeliveries && !isUnavailable(err);
      await (last ? this.#giveUp(delivery, err) : this.#tryLater(delivery, err));
    }
  }

  async #handle(delivery: Delivery): Promise<void> {
    const { handler, outage, around } = this.#parts;
    const event = readConsumedEvent(delivery);
    await around(event, delivery, () =>
      outage.outlast(
        () => handler.handle(event),
        delivery.signal,
        () => delivery.working(),
      ),
    );
    delivery.ack();
  }

  #tryLater(delivery: Delivery, err: unknown): void {
    // Nothing is wrong with the event, and the log has said what is: the next to have it is not to wait.
    if (isUnavailable(err)) {
      delivery.nak(0);
      return;
    }
    const pauseMs = pauseAfter(delivery.deliveries);
    this.#log('warn', delivery, { ...failureFields(err), pauseMs }, 'an event could not be handled; it comes again');
    delivery.nak(pauseMs);
  }

  async #giveUp(delivery: Delivery, err: unknown): Promise<void> {
    const { handler, writeDeadLetter } = this.#parts;
    const reason = reasonOf(err);
    try {
      await writeDeadLetter({ ...lettered(delivery), consumer: handler.name, reason, failedAt: new Date() });
    } catch (cause) {
      // It stays in the stream of events, unacknowledged, and comes again for its letter alone.
      this.#log('error', delivery, { err: cause, reason }, 'a dead letter could not be written; its event comes again');
      delivery.nak(pauseAfter(delivery.deliveries));
      return;
    }
    // Only now: a message that is given up before its letter is kept would be lost with the process.
    delivery.term(reason);
    this.#log('error', delivery, { ...failureFields(err), reason }, 'an event was given up: it is a dead letter now');
  }

  #log(level: 'warn' | 'error', delivery: Delivery, more: object, msg: string): void {
    const { handler, logger } = this.#parts;
    const { sequence, deliveries } = delivery;
    logger[level]({ consumer: handler.name, sequence, deliveries, ...callOf(delivery), ...more }, msg);
  }
}

export function pauseAfter(deliveries: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (deliveries - 1));
}

function lettered({ sequence, storedAtNs, subject, deliveries, headers, body }: Delivery) {
  return { sequence, storedAtNs, subject, deliveries, headers, body };
}

/** The ids of the call, where the message has any. */
function callOf(delivery: Delivery): object {
  try {
    return callFields(identityOf(readConsumedEvent(delivery).event));
  } catch {
    return {};
  }
}
