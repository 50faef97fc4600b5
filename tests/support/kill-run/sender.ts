import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { signed } from '@kodama/shared/testing';
import { type CallEventBody, callEvents, EVENTS_IN_A_CALL } from './calls.ts';
import { isTriedAgain, type Outcome, post, type Target } from './delivery.ts';
import type { Ledger } from './ledger.ts';

export interface SenderOptions {
  /** Of the event webhook. */
  readonly url: string;
  /** Events that go out at least; the last call is sent to its end. */
  readonly events: number;
  /** Events a second, all calls together, as long as answers come. After a pause the sender catches up. */
  readonly pace: number;
  /** With which every webhook is signed. */
  readonly secret?: string;
}

/** Calls that go on at a time. */
const CALLS_AT_ONCE = 64;
/** Time until the second try, ms: what Retry-After says. */
const AGAIN_AFTER_MS = 1000;
/** Of so many acknowledged events one is sent again at once, and another when its call is over. */
const REPEAT_EVERY = 20;
/** So many of the last acknowledged ones are sent again at the very end, when everything is up. */
const REPEATS_AT_END = 200;

interface Sent {
  readonly event: CallEventBody;
  readonly headers: Record<string, string>;
}

/**
 * Sends the events of many calls as Vonage does: those of a call in their order, each until it is acknowledged or was tried
 * twice. Some that are acknowledged are sent again, as when the answer got lost on its way.
 */
export class Sender implements Disposable {
  readonly #options: SenderOptions;
  readonly #ledger: Ledger;
  readonly #target: Target;
  #turns = 0;
  #delivered = 0;
  #isOver = false;
  readonly #lastAcknowledged: Sent[] = [];

  constructor(options: SenderOptions, ledger: Ledger) {
    this.#options = options;
    this.#ledger = ledger;
    this.#target = { url: new URL(options.url), agent: new Agent({ keepAlive: true, maxSockets: CALLS_AT_ONCE }) };
  }

  async run(): Promise<void> {
    const calls = Math.ceil(this.#options.events / EVENTS_IN_A_CALL);
    let next = 0;
    const line = async () => {
      while (next < calls) {
        next += 1;
        await this.#call(callEvents(next));
      }
    };
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, line));
  }

  /** To be called when everything is up again: every one of these has an answer then. */
  async repeatLast(): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const sent of this.#lastAcknowledged) outcomes.push(await this.#send(sent));
    this.#ledger.repeats.push(...outcomes);
    return outcomes;
  }

  /** Where a run has failed, there may be calls that go on. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#target.agent.destroy();
  }

  async #call(events: readonly CallEventBody[]): Promise<void> {
    const later: Sent[] = [];
    for (const event of events) {
      if (this.#isOver) return;
      const { secret } = this.#options;
      // The second try, and whatever is sent again, is the same delivery: it carries the same token.
      const sent = {
        event,
        headers: secret === undefined ? {} : { Authorization: signed({ body: Buffer.from(event.body) }, { secret }) },
      };
      if (!(await this.#deliver(sent))) continue;
      const number = this.#delivered;
      this.#delivered += 1;
      if (number % REPEAT_EVERY === 0) this.#ledger.repeats.push(await this.#send(sent));
      if (number % REPEAT_EVERY === 1) later.push(sent);
      this.#lastAcknowledged.push(sent);
      if (this.#lastAcknowledged.length > REPEATS_AT_END) this.#lastAcknowledged.shift();
    }
    for (const sent of later) this.#ledger.repeats.push(await this.#send(sent));
  }

  async #deliver(sent: Sent): Promise<boolean> {
    await this.#turn();
    const outcomes = [await this.#send(sent)];
    if (outcomes.every(isTriedAgain)) {
      await sleep(AGAIN_AFTER_MS);
      outcomes.push(await this.#send(sent));
    }
    return this.#ledger.add(sent.event, outcomes).acknowledged;
  }

  async #send({ event, headers }: Sent): Promise<Outcome> {
    this.#ledger.requests += 1;
    return await post(this.#target, event.body, headers);
  }

  /** Each event has its time, counted from the start: so a pause is made up for. */
  async #turn(): Promise<void> {
    this.#turns += 1;
    const waitMs = (this.#turns / this.#options.pace) * 1000 - this.#ledger.elapsedMs;
    if (waitMs > 1) await sleep(waitMs);
  }
}
