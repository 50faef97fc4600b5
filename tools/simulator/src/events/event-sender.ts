import { exchange, type HttpReply } from '../webhook/http-exchange.ts';
import type { CallEvent } from './call-event.ts';

/** Vonage's default limits of an event URL. */
const CONNECT_LIMIT_MS = 1000;
const REPLY_LIMIT_MS = 10_000;
const RETRIED_STATUSES = [429, 502, 503, 504];

export interface EventTarget {
  url: URL;
  method: 'GET' | 'POST';
}

/**
 * Delivers the events of one call in the order in which they happened: each one goes out when the one before it has been
 * answered or given up. The call itself does not wait for them.
 */
export class EventSender {
  /** Delivered or not. */
  sent = 0;
  /** A sentence for each event that was not answered 2xx. */
  readonly failures: string[] = [];
  readonly notes: string[] = [];
  #queue: Promise<void> = Promise.resolve();

  send(event: CallEvent, target: EventTarget): void {
    this.#queue = this.#queue.then(() => this.#deliver(event, target));
  }

  /** Resolves when every event has been answered or given up. */
  drained(): Promise<void> {
    return this.#queue;
  }

  async #deliver(event: CallEvent, target: EventTarget): Promise<void> {
    this.sent++;
    const name = `the ${event.status ?? 'error'} event`;
    try {
      const reply = await exchange({
        ...target,
        fields: event,
        connectLimitMs: CONNECT_LIMIT_MS,
        replyLimitMs: REPLY_LIMIT_MS,
        retriedStatuses: RETRIED_STATUSES,
      });
      this.#judge(reply, name);
    } catch (error) {
      this.failures.push(`${name} was not answered: ${(error as Error).message}`);
    }
  }

  #judge({ status, body }: HttpReply, name: string): void {
    if (status < 200 || status > 299) this.failures.push(`${name} was answered with status ${status}`);
    else if (isJsonArray(body))
      this.notes.push(`${name} was answered with a JSON array, which may be taken for a new NCCO`);
  }
}

function isJsonArray(body: string): boolean {
  try {
    return Array.isArray(JSON.parse(body));
  } catch {
    return false;
  }
}
