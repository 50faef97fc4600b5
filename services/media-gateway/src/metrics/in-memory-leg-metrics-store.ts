import type { Clock } from '@kodama/shared/time';
import {
  type Call,
  type CallPage,
  type CallReader,
  encodeCursor,
  isBehind,
  joinLegs,
  type LegBatch,
  type LegMetricsStore,
  type LegView,
  type PageCursor,
} from './leg-metrics-store.ts';
import { callKeyOf, type LegRecord } from './leg-record.ts';

interface KeptLeg {
  record: LegRecord;
  expiresAtMs: number;
}

/** Legs that are kept at most, so that a process that runs for weeks stays small. */
const MAX_LEGS = 10_000;

/** The embedded store of the one-process start: the same semantics as Redis, in this process's memory, gone with it. */
export class InMemoryLegMetricsStore implements LegMetricsStore, CallReader {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #retentionMs: number;
  readonly #legs = new Map<string, KeptLeg>();
  #leaseUntilMs = 0;

  constructor(options: { clock: Clock; leaseMs: number; retentionMs: number }) {
    this.#clock = options.clock;
    this.#leaseMs = options.leaseMs;
    this.#retentionMs = options.retentionMs;
  }

  async write({ opened, live, ended }: LegBatch): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (live || opened.length > 0) this.#leaseUntilMs = nowMs + this.#leaseMs;
    for (const record of opened) this.#legs.set(record.socketId, { record, expiresAtMs: Number.POSITIVE_INFINITY });
    for (const figures of live ?? []) {
      const kept = this.#legs.get(figures.socketId);
      if (kept?.record.state === 'live') kept.record = { ...kept.record, ...figures };
    }
    for (const record of ended) {
      this.#legs.set(record.socketId, { record, expiresAtMs: nowMs + this.#retentionMs });
    }
    this.#forget(nowMs);
  }

  async list({ limit, cursor }: { limit: number; cursor?: PageCursor }): Promise<CallPage> {
    const calls = [...this.#calls()]
      .map(([callKey, call]) => ({ call, place: { callKey, startedAtMs: Date.parse(call.startedAt) } }))
      .filter(({ place }) => !cursor || isBehind(place, cursor))
      .sort((a, b) => (isBehind(a.place, b.place) ? 1 : -1));
    const page = calls.slice(0, limit);
    const last = page.at(-1);
    return {
      calls: page.map(({ call }) => call),
      nextCursor: calls.length > limit && last ? encodeCursor(last.place) : null,
    };
  }

  async find(id: string): Promise<Call | undefined> {
    const calls = this.#calls();
    const byConversation = calls.get(id);
    if (byConversation) return byConversation;
    // The legs stand in the order in which they opened.
    const lastOpened = [...this.#legs.values()].findLast(({ record }) => record.legUuid === id);
    return lastOpened && calls.get(callKeyOf(lastOpened.record));
  }

  #calls(): Map<string, Call> {
    const nowMs = this.#clock.monotonicMs();
    this.#forget(nowMs);
    const views = [...this.#legs.values()].map(({ record }): LegView => {
      return { ...record, state: record.state === 'live' && nowMs > this.#leaseUntilMs ? 'lost' : record.state };
    });
    return new Map([...Map.groupBy(views, callKeyOf)].map(([callKey, legs]) => [callKey, joinLegs(legs)]));
  }

  #forget(nowMs: number): void {
    for (const [socketId, leg] of this.#legs) {
      if (leg.expiresAtMs <= nowMs || this.#legs.size > MAX_LEGS) this.#legs.delete(socketId);
    }
  }
}
