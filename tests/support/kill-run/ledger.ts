import type { CallEventBody } from './calls.ts';
import { isAcknowledged, type Outcome } from './delivery.ts';

/** One event and what its sender was told about it. */
export interface Delivery {
  readonly event: CallEventBody;
  /** Of each try, in their order. */
  readonly outcomes: readonly Outcome[];
  readonly acknowledged: boolean;
}

/** What the sender remembers: everything that it may be asked about afterwards. */
export class Ledger {
  /** In the order in which they ended; those of one call in the order in which they were sent, one after the other. */
  readonly deliveries: Delivery[] = [];
  /** What came of sending an acknowledged event again. */
  readonly repeats: Outcome[] = [];
  /** Requests that were begun, all tries of everything. */
  requests = 0;
  acknowledged = 0;
  longestSilenceMs = 0;
  readonly #startedMs = performance.now();
  #lastAcknowledgedMs = this.#startedMs;

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  add(event: CallEventBody, outcomes: readonly Outcome[]): Delivery {
    const delivery = { event, outcomes, acknowledged: outcomes.some(isAcknowledged) };
    this.deliveries.push(delivery);
    if (delivery.acknowledged) {
      const nowMs = performance.now();
      this.longestSilenceMs = Math.max(this.longestSilenceMs, nowMs - this.#lastAcknowledgedMs);
      this.#lastAcknowledgedMs = nowMs;
      this.acknowledged += 1;
    }
    return delivery;
  }
}
