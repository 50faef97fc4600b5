import { readConsumedEvent, type StreamMessage } from '../consuming/consumed-event.ts';
import type { EventHandler } from '../consuming/event-handler.ts';
import { HandlingError, isUnavailable, reasonOf } from '../consuming/handling-error.ts';
import { CommandError } from './command-error.ts';
import { letterRow } from './dead-letter-row.ts';
import { printable } from './output.ts';
import type { StoredMessage } from './stored-messages.ts';

/** Messages that are in work at once: those of one call in their order, the calls beside each other. */
const BATCH = 200;
const PROGRESS_EVERY_MS = 2000;
/** Sequences that are named beside a reason. */
const EXAMPLES = 5;

export interface ReplayParts {
  readonly handlers: readonly EventHandler[];
  /** What a message stands for. */
  readonly eventOf: (message: StoredMessage) => ReplayedEvent;
  /** Called once all handlers that the event is for have handled it. */
  readonly onHandled: ((message: StoredMessage) => Promise<void>) | undefined;
  readonly note: (text: string) => void;
}

export interface ReplayedEvent {
  readonly message: StreamMessage;
  /** The only handler that it is for; undefined: it is for all. */
  readonly consumer: string | undefined;
}

export interface ReplaySummary {
  readonly read: number;
  readonly handled: number;
  readonly failed: number;
  readonly reasons: readonly {
    readonly reason: string;
    readonly count: number;
    readonly sequences: readonly number[];
  }[];
  /** Why it ended early; null where it did not. */
  readonly stopped: string | null;
}

/** An event of the stream, for every handler. */
export const fromStream = (message: StoredMessage): ReplayedEvent => ({ message, consumer: undefined });

/** The event in a dead letter, under its own place in the stream, for the handler that gave it up. */
export function fromLetters(letter: StoredMessage): ReplayedEvent {
  const { consumer, eventSequence, eventSubject } = letterRow(letter);
  const { headers, body } = letter;
  return { message: { sequence: eventSequence, subject: eventSubject, headers, body }, consumer };
}

/** Gives stored messages to handlers once more, and keeps the score. */
export class Replay {
  readonly #parts: ReplayParts;
  readonly #reasons = new Map<string, { count: number; sequences: number[] }>();
  #read = 0;
  #handled = 0;
  #failed = 0;
  #stopped: string | null = null;
  #notedAtMs = performance.now();

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  /** Ends early where something that the handlers need is away: every other event would fail as well. */
  async run(messages: AsyncIterable<StoredMessage>, total: number): Promise<void> {
    try {
      for await (const batch of inBatches(messages, BATCH)) {
        const calls = Map.groupBy(batch, ({ subject }) => subject.split('.').at(-3));
        await Promise.all([...calls.values()].map((ofCall) => this.#replayCall(ofCall)));
        if (this.#stopped !== null) return;
        this.#progress(total);
      }
    } catch (error) {
      // What was handled so far is worth knowing when NATS goes away as well.
      if (!(error instanceof CommandError)) throw error;
      this.#stopped = error.message;
    }
  }

  get summary(): ReplaySummary {
    const reasons = [...this.#reasons].map(([reason, found]) => ({ reason, ...found }));
    return {
      read: this.#read,
      handled: this.#handled,
      failed: this.#failed,
      reasons: reasons.toSorted((a, b) => b.count - a.count),
      stopped: this.#stopped,
    };
  }

  summaryText(): string {
    const { read, handled, failed, reasons, stopped } = this.summary;
    const lines = [
      `${read} read, ${handled} handled, ${failed} failed`,
      ...reasons.map(({ reason, count, sequences }) => {
        const more = count > sequences.length ? ', …' : '';
        return `${count} × ${reason} (${sequences.join(', ')}${more})`;
      }),
      ...(stopped === null ? [] : [`stopped early: ${stopped}; doing it again changes nothing that is done`]),
    ];
    return lines.map((line) => `${printable(line)}\n`).join('');
  }

  async #replayCall(messages: readonly StoredMessage[]): Promise<void> {
    for (const message of messages) {
      if (this.#stopped !== null) return;
      this.#read += 1;
      try {
        await this.#replayOne(message);
        this.#handled += 1;
      } catch (error) {
        this.#fail(message, error);
      }
    }
  }

  async #replayOne(message: StoredMessage): Promise<void> {
    const { handlers, eventOf, onHandled } = this.#parts;
    const { message: original, consumer } = eventOf(message);
    const meant = handlers.filter(({ name }) => consumer === undefined || name === consumer);
    if (meant.length === 0) throw new HandlingError(`there is no consumer ${consumer}`);
    const event = readConsumedEvent(original);
    for (const handler of meant) await handler.handle(event);
    await onHandled?.(message);
  }

  #fail({ sequence }: StoredMessage, error: unknown): void {
    this.#failed += 1;
    const reason = reasonOf(error);
    const known = this.#reasons.get(reason) ?? { count: 0, sequences: [] };
    known.count += 1;
    if (known.sequences.length < EXAMPLES) known.sequences.push(sequence);
    this.#reasons.set(reason, known);
    if (isUnavailable(error)) this.#stopped = reason;
  }

  #progress(total: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#notedAtMs < PROGRESS_EVERY_MS) return;
    this.#notedAtMs = nowMs;
    this.#parts.note(`${this.#read} of ${total} read, ${this.#failed} failed`);
  }
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
