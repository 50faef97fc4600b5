import { InMemorySeen, type Seen } from '@kodama/shared/signing';
import type { Logger } from '@kodama/shared/telemetry';
import { withDeadline } from '@kodama/shared/time';

/** Longest that the common place is waited for, ms: a caller is waiting for the socket meanwhile. */
const TIMEOUT_MS = 250;

/**
 * Asks this gateway's own memory first, and then the place that all gateways share. Where that is away, the own memory has to
 * do: a token may then be used once at each gateway, for as long as it is good. The other way, an outage of Redis would be
 * one of all calls.
 */
export class SeenByAllGateways implements Seen {
  readonly #own = new InMemorySeen();
  readonly #all: Seen;
  readonly #logger: Logger;
  #isAway = false;

  constructor(all: Seen, logger: Logger) {
    this.#all = all;
    this.#logger = logger;
  }

  async before(id: string, mark: string, forMs: number): Promise<string | undefined> {
    const here = this.#own.beforeNow(id, mark, forMs);
    if (here !== undefined) return here;
    try {
      const anywhere = await withDeadline(this.#all.before(id, mark, forMs), TIMEOUT_MS);
      if (this.#isAway) this.#logger.info('tokens are remembered for all gateways again');
      this.#isAway = false;
      return anywhere;
    } catch (err) {
      // Once an outage: the next sockets tell nothing new.
      if (!this.#isAway) {
        this.#logger.warn({ err }, 'tokens are remembered by this gateway alone: each can be used once at every other');
      }
      this.#isAway = true;
      return undefined;
    }
  }
}
