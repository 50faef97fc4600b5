import {
  answered,
  answeredBy,
  completed,
  type DisconnectedBy,
  disconnected,
  type LegFacts,
  statusEvent,
} from '../events/call-event.ts';
import type { EventSender, EventTarget, ReplyUse } from '../events/event-sender.ts';
import type { LegView } from '../rest/call-control.ts';
import type { HttpReply } from '../webhook/http-exchange.ts';

export interface LegOptions {
  readonly facts: LegFacts;
  /** Who is called and who calls, as REST shows them. */
  readonly to: Readonly<Record<string, unknown>>;
  readonly from: Readonly<Record<string, unknown>>;
  readonly events: EventSender;
  readonly target: EventTarget;
  /** Whether the reply to a state that is a failure may hold an NCCO. */
  readonly failureReply: ReplyUse;
}

type Reply = Promise<HttpReply | undefined>;

/** One connection of a call: its states, each of which is an event, and what REST shows of it. */
export class Leg {
  readonly facts: LegFacts;
  readonly target: EventTarget;
  muted = false;
  earmuffed = false;
  answeredAt: Date | undefined;
  endedAt: Date | undefined;
  #status = 'started';
  readonly #options: LegOptions;

  constructor(options: LegOptions) {
    this.#options = options;
    this.facts = options.facts;
    this.target = options.target;
  }

  get uuid(): string {
    return this.facts.uuid;
  }

  get status(): string {
    return this.#status;
  }

  get isLive(): boolean {
    return this.endedAt === undefined;
  }

  get view(): LegView {
    const { facts, answeredAt, endedAt } = this;
    const seconds = answeredAt ? ((endedAt ?? new Date()).getTime() - answeredAt.getTime()) / 1000 : 0;
    return {
      uuid: facts.uuid,
      conversationUuid: facts.conversationUuid,
      to: this.#options.to,
      from: this.#options.from,
      status: this.#status,
      direction: facts.direction,
      startTime: answeredAt,
      endTime: endedAt,
      ratePerMinute: facts.ratePerMinute,
      price: (facts.ratePerMinute * Math.floor(seconds)) / 60,
      network: facts.network,
    };
  }

  started(): void {
    this.#tell('started');
  }

  ringing(): void {
    this.#tell('ringing');
  }

  answered(): void {
    this.#status = 'answered';
    this.answeredAt = new Date();
    void this.#options.events.send(answered(this.facts, this.answeredAt), this.target);
  }

  answeredBy(what: 'human' | 'machine', subState?: string): void {
    if (what === 'machine') this.#status = 'machine';
    void this.#options.events.send(answeredBy(this.facts, what, new Date(), subState), this.target);
  }

  /** The leg is over before it was answered: busy, timeout, failed, rejected, unanswered or cancelled. */
  async failed(status: string, detail?: string, sipCode?: number): Reply {
    this.#status = status;
    this.endedAt = new Date();
    const more = { ...(detail !== undefined && { detail }), ...(sipCode !== undefined && { sip_code: sipCode }) };
    const event = statusEvent(this.facts, status, this.endedAt, more);
    return this.#options.events.send(event, this.target, this.#options.failureReply);
  }

  /** The application has closed the socket, or the connection broke: its reply may hold an NCCO. */
  async disconnected(): Reply {
    return this.#options.events.send(disconnected(this.facts, new Date()), this.target, 'ncco');
  }

  completed(by: DisconnectedBy): void {
    if (!this.isLive) return;
    this.#status = 'completed';
    this.endedAt = new Date();
    const event = completed(this.facts, this.answeredAt ?? this.endedAt, this.endedAt, by);
    void this.#options.events.send(event, this.target);
  }

  #tell(status: string): void {
    this.#status = status;
    void this.#options.events.send(statusEvent(this.facts, status, new Date()), this.target);
  }
}
