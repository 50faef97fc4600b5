import type { RuleSettings } from '../rules/rule-settings.ts';
import type { WebhookSigner } from '../signing/webhook-signer.ts';
import { exchange, type HttpReply } from './http-exchange.ts';

/** What kind of webhook it is: that decides on its limits. */
export type WebhookKind = 'answer' | 'event';

export interface WebhookLimits {
  /** Until the TCP connection is open: from 300 to what rule 1.3.2 allows, which is 1000 or 3000. */
  readonly connectMs: number;
  /** Until the reply to an answer webhook is complete: 1000 to 5000. */
  readonly answerMs: number;
  /** Until the reply to an event is complete: 1000 to 10 000. */
  readonly eventMs: number;
}

export interface Webhook {
  readonly kind: WebhookKind;
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** With GET they go into the query string, nested ones as JSON text, null ones not at all; with POST into a JSON body. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
}

/** Sends webhooks as the platform does: with its limits, its second try, and its signature where there is a secret. */
export class WebhookClient {
  readonly #rules: RuleSettings;
  readonly #limits: WebhookLimits;
  readonly #signer: WebhookSigner | undefined;

  constructor(rules: RuleSettings, limits: Partial<WebhookLimits>, signer: WebhookSigner | undefined) {
    this.#rules = rules;
    this.#limits = { connectMs: Number(rules.value('1.3.2')), answerMs: 5000, eventMs: 10_000, ...limits };
    this.#signer = signer;
  }

  /** Webhooks carry a token. */
  get isSigning(): boolean {
    return this.#signer !== undefined;
  }

  /** @throws {HttpError} where no try got a reply. */
  async send({ kind, url: given, method, fields, signal }: Webhook): Promise<HttpReply> {
    const url = new URL(given);
    const body = method === 'POST' ? Buffer.from(JSON.stringify(fields)) : undefined;
    if (!body) addToQuery(url, fields);
    const authorization = await this.#signer?.forWebhook(body ? { body } : { query: url.searchParams });
    return exchange({
      url,
      method,
      body,
      headers: {
        ...(body && { 'content-type': 'application/json', 'content-length': body.length }),
        ...(authorization !== undefined && { authorization }),
      },
      connectLimitMs: this.#limits.connectMs,
      replyLimitMs: kind === 'answer' ? this.#limits.answerMs : this.#limits.eventMs,
      tries: Number(this.#rules.value('1.3.4')),
      retriedStatuses: this.#retriesBadGateway(kind) ? [429, 502, 503, 504] : [429, 503, 504],
      isTrusting: this.#rules.is('3.6.8', 'accepted'),
      signal,
    });
  }

  #retriesBadGateway(kind: WebhookKind): boolean {
    const when = this.#rules.value('1.3.5');
    return when === 'always' || (when === 'events' && kind === 'event');
  }
}

function addToQuery(url: URL, fields: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    url.searchParams.append(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
}
