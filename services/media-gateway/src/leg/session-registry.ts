import { END_TIMEOUT_MS } from '@kodama/handler-kit/run';
import { DeadlineError, withDeadline } from '@kodama/shared/time';
import type { WebSocket } from 'ws';
import type { LiveFigures } from '../metrics/leg-record.ts';
import { LegSession, type LegSessionParts, type SocketUpgrade } from './leg-session.ts';

/** How often silent legs are looked for, ms. */
const SWEEP_INTERVAL_MS = 500;

/** How long peers have to answer our goodbye before their connections are cut, ms. */
const GOODBYE_TIMEOUT_MS = 1000;

/**
 * How long cut legs are waited for here, ms: their handlers' last work is, and a little longer. Records that are not written
 * then go with the flusher's last write.
 */
const CUT_TIMEOUT_MS = END_TIMEOUT_MS + 200;

/** Every live leg of this gateway: the one owner of sessions, and the one timer that watches over them. */
export class SessionRegistry {
  readonly #parts: LegSessionParts;
  readonly #maxLive: number;
  readonly #sessions = new Set<LegSession>();
  readonly #sweep: NodeJS.Timeout;
  #draining = false;
  #sayingGoodbye = false;
  /** Places that are kept for sockets whose door is still being asked. */
  #kept = 0;
  /** Resolved once nobody is left, while somebody waits for that. */
  #empty: PromiseWithResolvers<void> | undefined;

  constructor(parts: LegSessionParts, maxLive: number) {
    this.#parts = parts;
    this.#maxLive = maxLive;
    this.#sweep = setInterval(() => {
      for (const session of this.#sessions) session.endIfSilent();
    }, SWEEP_INTERVAL_MS);
  }

  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Keeps a place for a socket that is about to be opened; {@link giveBack} goes with it, whatever becomes of the socket.
   *
   * @returns why there is none, or `undefined`
   */
  keepPlace(): string | undefined {
    const refusal = this.refusal();
    if (refusal === undefined) this.#kept += 1;
    return refusal;
  }

  giveBack(): void {
    this.#kept -= 1;
    this.#left();
  }

  /** Why a new socket cannot be taken now, or `undefined`. */
  refusal(): string | undefined {
    if (this.#draining) return 'the gateway is stopping';
    return this.#isFull() ? `the gateway has its ${this.#maxLive} live calls` : undefined;
  }

  open(socket: WebSocket, upgrade?: SocketUpgrade): void {
    const session = new LegSession(socket, this.#parts, upgrade);
    this.#sessions.add(session);
    void session.closed.finally(() => {
      this.#sessions.delete(session);
      this.#left();
    });
    // It was at the door when the others were told.
    if (this.#sayingGoodbye) session.goAway();
  }

  /** The figures of the legs that have had a message since the last time this was asked; of all if `evenIfOld`. */
  news(evenIfOld = false): LiveFigures[] {
    const news: LiveFigures[] = [];
    for (const session of this.#sessions) {
      const figures = session.news(evenIfOld);
      if (figures) news.push(figures);
    }
    return news;
  }

  /**
   * Takes no more sockets, but for those that are at the door already, and waits for the live legs to end by themselves; at
   * the deadline says goodbye to the rest (1001), and a second later cuts who has not answered. Resolves when no leg is left;
   * last records may be under way.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true;
    await this.#untilEmpty(deadlineMs);
    this.#sayingGoodbye = true;
    for (const session of this.#sessions) session.goAway();
    await this.#untilEmpty(GOODBYE_TIMEOUT_MS);
    for (const session of this.#sessions) session.terminate();
    await this.#untilEmpty(CUT_TIMEOUT_MS);
    clearInterval(this.#sweep);
  }

  /** A leg that is over is here until its record was tried: while the store is slow, it takes no live one's place. */
  #isFull(): boolean {
    if (this.#sessions.size + this.#kept < this.#maxLive) return false;
    let live = this.#kept;
    for (const session of this.#sessions) if (session.state !== 'CLOSED') live += 1;
    return live >= this.#maxLive;
  }

  get #isEmpty(): boolean {
    return this.#sessions.size === 0 && this.#kept === 0;
  }

  #left(): void {
    if (this.#isEmpty) this.#empty?.resolve();
  }

  /** Resolves once there is no session left, and nobody at the door, or after `timeoutMs`. */
  async #untilEmpty(timeoutMs: number): Promise<void> {
    if (this.#isEmpty) return;
    this.#empty ??= Promise.withResolvers();
    try {
      await withDeadline(this.#empty.promise, timeoutMs);
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
    }
  }
}
