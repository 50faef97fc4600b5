import { setTimeout as sleep } from 'node:timers/promises';
import type { Timeline } from '../call/call-timeline.ts';
import type { Findings } from '../call/findings.ts';
import type { EventDelivery } from '../call/timeline.ts';
import { round } from '../media/distribution.ts';
import { HttpError, type HttpReply } from '../webhook/http-exchange.ts';
import { inTries, statusHint } from '../webhook/status-hint.ts';
import type { WebhookClient } from '../webhook/webhook-client.ts';
import { type CallEvent, eventName } from './call-event.ts';
import { EventFallback, type FallbackTarget } from './event-fallback.ts';

export interface EventTarget {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
}

/** How events go wrong on their way, on demand. */
export interface EventDelays {
  /** Each event is sent so much later, ms. */
  readonly lateMs?: number;
  /** Each event is sent so many times in all. */
  readonly times?: number;
  /** Every second event overtakes the one before it. */
  readonly reordered?: boolean;
}

/** An event that is held back goes at the latest when there is none to overtake it for so long, ms. */
const HOLD_LIMIT_MS = 500;

/** Which events' replies may hold an NCCO: the others' are looked at only to say that they are ignored. */
export type ReplyUse = 'ignored' | 'ncco';

export interface EventSenderParts {
  readonly client: WebhookClient;
  readonly findings: Findings;
  readonly timeline: Timeline;
  readonly delays: EventDelays;
  /** Asked for an NCCO where an event URL fails that might have replied with one. */
  readonly fallback?: FallbackTarget | undefined;
}

/** Deliveries that are kept of one call: the newest. */
const KEPT_DELIVERIES = 2000;

/** So long an event waits for the reply to the one before it at the most, ms. */
const TURN_LIMIT_MS = 1000;

/**
 * Delivers the events of one call in the order in which they happened: each one goes out when the one before it has been
 * answered, or a second later, as one that is not answered must not hold up the rest. The call itself does not wait for
 * them.
 */
export class EventSender {
  /** The newest 2,000. */
  readonly deliveries: EventDelivery[] = [];
  /** Called with each delivery. */
  onDelivery: (delivery: EventDelivery) => void = () => {};
  /** Deliveries in all. */
  sent = 0;
  /** Events that were not answered 2xx. */
  failed = 0;

  readonly #client: WebhookClient;
  readonly #findings: Findings;
  readonly #timeline: Timeline;
  readonly #delays: EventDelays;
  readonly #fallback: EventFallback | undefined;
  /** Fulfilled when it is the next event's turn. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #underWay = new Set<Promise<unknown>>();
  /** Lets go of the event that is held back. */
  #releaseHeld: (() => void) | undefined;
  #isEven = false;

  constructor(parts: EventSenderParts) {
    this.#client = parts.client;
    this.#findings = parts.findings;
    this.#timeline = parts.timeline;
    this.#delays = parts.delays;
    this.#fallback = parts.fallback && new EventFallback(parts.fallback, parts);
  }

  /**
   * @returns the reply, the fallback URL's where that was asked, or undefined where there was none; fulfilled when the event
   *   was answered or given up.
   */
  send(event: CallEvent, target: EventTarget, use: ReplyUse = 'ignored'): Promise<HttpReply | undefined> {
    const atMs = this.#timeline.nowMs();
    if (this.#delays.reordered && use === 'ignored') {
      this.#isEven = !this.#isEven;
      if (this.#isEven) return this.#holdBack(() => this.#enqueue(event, target, use, atMs));
    }
    const sent = this.#enqueue(event, target, use, atMs);
    this.#releaseHeld?.();
    return sent;
  }

  /** Resolves when every event has been answered or given up. */
  async drained(): Promise<void> {
    this.#releaseHeld?.();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #holdBack(enqueue: () => Promise<HttpReply | undefined>): Promise<HttpReply | undefined> {
    const { promise, resolve } = Promise.withResolvers<HttpReply | undefined>();
    const release = () => {
      clearTimeout(limit);
      this.#releaseHeld = undefined;
      resolve(enqueue());
    };
    const limit = setTimeout(release, HOLD_LIMIT_MS);
    this.#releaseHeld = release;
    return promise;
  }

  #enqueue(event: CallEvent, target: EventTarget, use: ReplyUse, atMs: number): Promise<HttpReply | undefined> {
    const sent = this.#turn.then(async () => {
      const { lateMs = 0, times = 1 } = this.#delays;
      if (lateMs > 0) await sleep(Math.max(0, atMs + lateMs - this.#timeline.nowMs()));
      for (let time = 1; time < times; time++) await this.#deliver(event, target, use, atMs);
      const { delivery, reply } = await this.#deliver(event, target, use, atMs);
      return use === 'ncco' && this.#fallback ? this.#fallback.replyOf(event, delivery, reply) : reply;
    });
    this.#turn = this.#turn.then(() => settledWithin(sent, TURN_LIMIT_MS));
    this.#underWay.add(sent);
    void sent.finally(() => this.#underWay.delete(sent));
    return sent;
  }

  async #deliver(
    event: CallEvent,
    target: EventTarget,
    use: ReplyUse,
    atMs: number,
  ): Promise<{ delivery: EventDelivery; reply: HttpReply | undefined }> {
    const name = eventName(event);
    const startMs = performance.now();
    let reply: HttpReply | undefined;
    let failure: HttpError | undefined;
    try {
      reply = await this.#client.send({ kind: 'event', ...target, fields: event });
    } catch (error) {
      // Whatever an event is made of, it ends neither the queue nor the process.
      failure =
        error instanceof HttpError
          ? error
          : new HttpError('UNREACHABLE', `it cannot be sent: ${(error as Error).message}`, { cause: error });
    }
    const delivery: EventDelivery = {
      atMs,
      name,
      legUuid: String(event.uuid ?? event.call_uuid ?? '') || null,
      method: target.method,
      url: target.url.href,
      body: event,
      status: reply?.status ?? null,
      failure: failure?.message ?? null,
      ms: round(performance.now() - startMs),
      attempts: reply?.attempts ?? failure?.attempts ?? 1,
    };
    this.sent++;
    this.deliveries.push(delivery);
    if (this.deliveries.length > KEPT_DELIVERIES) this.deliveries.shift();
    this.#timeline.add('webhook', `${name} event: ${reply ? `answered ${reply.status}` : 'not answered'}`);
    this.#judge(delivery, reply, use);
    this.onDelivery(delivery);
    return { delivery, reply };
  }

  #judge(
    { name, method, url, status, failure, attempts }: EventDelivery,
    reply: HttpReply | undefined,
    use: ReplyUse,
  ): void {
    if (!reply) {
      this.failed++;
      this.#findings.problem(`the ${name} event was not answered: ${failure}${inTries(attempts)}`, '4.1.5');
    } else if (reply.status < 200 || reply.status > 299) {
      this.failed++;
      const hint = statusHint(reply.status, method, this.#client.isSigning, url);
      const answer = `answered with status ${status}, not 2xx${inTries(attempts)}${hint}`;
      this.#findings.problem(`the ${name} event was ${answer}`, '4.1.5');
    } else if (attempts > 1) {
      this.#findings.note(`the ${name} event was answered at try ${attempts}`, '1.3.4');
    }
    if (use === 'ignored' && reply && isJsonArray(reply.body)) {
      this.#findings.note(
        `the ${name} event was answered with a JSON array, which is no NCCO here: an empty body is safer`,
        '4.4.2',
      );
    }
  }
}

/** Resolves when the work is done, or after so many ms. */
async function settledWithin(work: Promise<unknown>, limitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = setTimeout(resolve, limitMs);
  await Promise.race([work, promise]);
  clearTimeout(limit);
}

function isJsonArray(body: string): boolean {
  if (!body.trimStart().startsWith('[')) return false;
  try {
    return Array.isArray(JSON.parse(body));
  } catch {
    return false;
  }
}
