import { subjectToken } from '@kodama/shared/messaging';
import { roomFor, type StoredTimeline, storedTimeline, TRUNCATED, timelineField } from '@kodama/shared/timeline';
import { heardOfLegAt, type TimelineStore, type TimelineWrite } from './timeline-store.ts';

/** Calls that are kept at most, so that a process that runs for weeks stays small; the oldest go first. */
const MAX_CALLS = 10_000;

/** The embedded store of the one-process start: the same semantics as Redis but for the expiry, in this process's memory, gone with it. */
export class InMemoryTimelineStore implements TimelineStore {
  /** Conversation, or, behind a space, a leg without one -> an event's id -> its entry. */
  readonly #calls = new Map<string, Record<string, string>>();
  /** Leg -> the conversation that it was last heard of in. */
  readonly #callOfLeg = new Map<string, { readonly conversation: string; readonly atMs: number }>();

  async add(writes: readonly TimelineWrite[]): Promise<void> {
    for (const write of writes) {
      this.#add(write);
      this.#index(write);
    }
    forgetOldest(this.#calls);
    forgetOldest(this.#callOfLeg);
  }

  async check(): Promise<void> {}

  /** By conversation id, or else by leg id. */
  async find(id: string): Promise<StoredTimeline | undefined> {
    const token = subjectToken(id);
    const conversation = this.#calls.has(token) ? token : this.#callOfLeg.get(token)?.conversation;
    if (conversation !== undefined) return storedTimeline(conversation, this.#calls.get(conversation) ?? {});
    return storedTimeline(null, this.#calls.get(` ${token}`) ?? {});
  }

  #add({ conversation, leg, entry }: TimelineWrite): void {
    const key = conversation ?? ` ${leg}`;
    const call = this.#calls.get(key) ?? {};
    this.#calls.set(key, call);
    const known = call[entry.id];
    const entries = Object.keys(call).length - (TRUNCATED in call ? 1 : 0);
    if (known === undefined && entries >= roomFor(entry.kind)) call[TRUNCATED] = '1';
    else if (known === undefined || JSON.parse(known).sequence > entry.sequence) call[entry.id] = timelineField(entry);
  }

  #index(write: TimelineWrite): void {
    const { conversation, leg } = write;
    if (conversation === undefined || leg === undefined) return;
    const atMs = heardOfLegAt(write);
    const known = this.#callOfLeg.get(leg);
    // Of the same moment the greater one, as a sorted set has it.
    if (known && (known.atMs > atMs || (known.atMs === atMs && known.conversation >= conversation))) return;
    this.#callOfLeg.set(leg, { conversation, atMs });
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= MAX_CALLS) return;
    map.delete(key);
  }
}
