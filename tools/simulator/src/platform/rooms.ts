import { randomUUID } from 'node:crypto';
import type { SampleRateHz } from '../media/audio-format.ts';
import { Conversation } from '../media/conversation.ts';
import type { FrameClock } from '../media/frame-clock.ts';

const ROOM_RATE_HZ: SampleRateHz = 16_000;

/** A conversation that calls may move to: whoever is in it hears all others. */
export class Room {
  readonly conversationUuid: string;
  readonly conversation: Conversation;
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = new AbortController();
  readonly #onStart: () => void;
  #members = 0;

  /** @param onStart called once, when somebody has come who starts it. */
  constructor(conversationUuid: string, conversation: Conversation, onStart: () => void) {
    this.conversationUuid = conversationUuid;
    this.conversation = conversation;
    this.#onStart = onStart;
  }

  /** Until somebody comes who starts it, nobody hears anybody. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Aborted when somebody has left whose leaving ends it, or everybody. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  enter(): void {
    this.#members++;
  }

  leave(): void {
    this.#members--;
    if (this.#members === 0) this.end();
  }

  start(): void {
    this.#onStart();
    this.#started.resolve();
  }

  end(): void {
    if (this.ended.aborted) return;
    this.conversation.end();
    this.#ended.abort();
  }
}

/** The conversations of one application: the named ones, and those of its calls. */
export class Rooms {
  readonly #clock: FrameClock;
  readonly #byName = new Map<string, Room>();
  readonly #ofCalls = new Set<Room>();

  constructor(clock: FrameClock) {
    this.#clock = clock;
  }

  named(name: string): Room {
    const known = this.#byName.get(name);
    if (known) return known;
    const conversation = new Conversation(ROOM_RATE_HZ);
    let isStarted = false;
    const room = new Room(`CON-${randomUUID()}`, conversation, () => {
      if (!isStarted) this.#clock.start(conversation, 0);
      isStarted = true;
    });
    this.#byName.set(name, room);
    room.ended.addEventListener('abort', () => this.#byName.delete(name), { once: true });
    return room;
  }

  /** Makes a call's own conversation one that others may be transferred to, until the room that is given back ends. */
  addCall(conversationUuid: string, conversation: Conversation): Room {
    const room = new Room(conversationUuid, conversation, () => {});
    room.start();
    room.enter();
    this.#ofCalls.add(room);
    room.ended.addEventListener('abort', () => this.#ofCalls.delete(room), { once: true });
    return room;
  }

  find(conversationUuid: string): Room | undefined {
    return [...this.#byName.values(), ...this.#ofCalls].find((room) => room.conversationUuid === conversationUuid);
  }

  close(): void {
    for (const room of [...this.#byName.values(), ...this.#ofCalls]) room.end();
  }
}
