import type { Timeline } from '../call/call-timeline.ts';
import type { Findings } from '../call/findings.ts';
import type { EventDelivery } from '../call/timeline.ts';
import { HttpError, type HttpReply } from '../webhook/http-exchange.ts';
import { inTries } from '../webhook/status-hint.ts';
import type { WebhookClient } from '../webhook/webhook-client.ts';
import type { CallEvent } from './call-event.ts';

export interface FallbackTarget {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** Says what is wrong with the NCCO in a reply, where it holds one that cannot be carried out. */
  readonly faultIn: (reply: HttpReply, event: string) => string | undefined;
}

/** Asked in place of an event URL that should have replied with an NCCO, or with nothing, and did neither. */
export class EventFallback {
  readonly #target: FallbackTarget;
  readonly #client: WebhookClient;
  readonly #findings: Findings;
  readonly #timeline: Timeline;

  constructor(target: FallbackTarget, parts: { client: WebhookClient; findings: Findings; timeline: Timeline }) {
    this.#target = target;
    this.#client = parts.client;
    this.#findings = parts.findings;
    this.#timeline = parts.timeline;
  }

  /** @returns the reply that counts, or undefined where there is none: the call then goes on with what it has. */
  async replyOf(
    event: CallEvent,
    delivery: EventDelivery,
    reply: HttpReply | undefined,
  ): Promise<HttpReply | undefined> {
    const reason = this.#whyAsk(delivery, reply);
    if (reason === undefined) return reply;
    const { url, method } = this.#target;
    this.#timeline.add('webhook', `asks ${method} ${url.origin}${url.pathname}, as the ${delivery.name} event failed`);
    const fields = { ...event, reason, original_request: { url: delivery.url, type: 'event' } };
    try {
      const own = await this.#client.send({ kind: 'answer', url, method, fields });
      if (own.status === 200) return own;
      const status = `status ${own.status} instead of 200${inTries(own.attempts)}`;
      this.#findings.problem(`the fallback URL ${url.origin}${url.pathname} replied with ${status}`, '1.3.9');
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.#findings.problem(`the fallback URL: ${error.message}${inTries(error.attempts)}`, '1.3.9');
    }
    return undefined;
  }

  #whyAsk({ failure, status, name }: EventDelivery, reply: HttpReply | undefined): string | undefined {
    if (!reply) return failure ?? undefined;
    return reply.status >= 200 && reply.status < 300 ? this.#target.faultIn(reply, name) : `status ${status}`;
  }
}
