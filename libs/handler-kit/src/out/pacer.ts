import { PTIME_MS } from '@kodama/shared/voice';
import type { Timers } from '../time/timers.ts';

const SLOTS = 4;
const SLOT_MS = PTIME_MS / SLOTS;

/** Node's timers count whole milliseconds and may be early by less than one: a stream's own lead makes that nothing. */
const EARLY_MS = 1;

/** Whatever has something to send every 20 ms. */
export interface PacedStream {
  /**
   * Called every 20 ms as soon as the process gets to run. Moments that were missed are not made up for by more calls: the
   * stream sees from the time how far it is behind. What it throws is caught, and the stream leaves: whoever wants to know
   * of it has to catch it himself.
   *
   * @param nowMs now, on the monotonic clock
   * @param gridMs when this was due: the last of the stream's moments, less than 20 ms before now
   * @returns false: the stream leaves
   */
  tick(nowMs: number, gridMs: number): boolean;
}

interface Slot {
  readonly streams: Set<PacedStream>;
  /** Its next moment, counted in slots from the origin: a number that gives the slot's place when divided by {@link SLOTS}. */
  nextIndex: number;
}

/**
 * Gives all streams of a process their moments, with one timer, which is set only while there is a stream.
 *
 * The moments are reckoned from one origin, so lateness never adds up. Streams are spread over four slots of 5 ms, so that
 * many that play at once do not all send in one turn of the event loop and keep what comes in waiting meanwhile.
 */
export class Pacer {
  readonly #timers: Timers;
  readonly #originMs: number;
  readonly #slots: readonly Slot[];
  /** Those of the slot whose turn it is: whoever joins meanwhile has his turn later. */
  readonly #turn: PacedStream[] = [];
  #isTicking = false;
  #armedFor = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
    this.#originMs = timers.monotonicMs();
    this.#slots = Array.from({ length: SLOTS }, (_, place) => ({ streams: new Set<PacedStream>(), nextIndex: place }));
  }

  /** Streams that have joined. */
  get size(): number {
    let size = 0;
    for (const { streams } of this.#slots) size += streams.size;
    return size;
  }

  /** From its slot's next moment on, within 20 ms, the stream's `tick` is called. A second time does nothing. */
  join(stream: PacedStream): void {
    if (this.#slots.some(({ streams }) => streams.has(stream))) return;
    const slot = this.#slots.reduce((least, other) => (other.streams.size < least.streams.size ? other : least));
    if (slot.streams.size === 0) {
      const place = slot.nextIndex % SLOTS;
      slot.nextIndex = this.#lastIndex(place, this.#timers.monotonicMs()) + SLOTS;
    }
    slot.streams.add(stream);
    this.#arm();
  }

  /** Its `tick` is not called any more. */
  leave(stream: PacedStream): void {
    for (const { streams } of this.#slots) streams.delete(stream);
    this.#arm();
  }

  #tick(): void {
    this.#disarm = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.#isTicking = true;
    for (let turns = 0; turns < SLOTS; turns++) {
      const slot = this.#nextSlot();
      const nowMs = this.#timers.monotonicMs();
      if (slot === undefined || this.#momentMs(slot.nextIndex) > nowMs + EARLY_MS) break;
      const index = this.#lastIndex(slot.nextIndex % SLOTS, nowMs + EARLY_MS);
      slot.nextIndex = index + SLOTS;
      this.#serve(slot, nowMs, this.#momentMs(index));
    }
    this.#isTicking = false;
    this.#arm();
  }

  #serve({ streams }: Slot, nowMs: number, gridMs: number): void {
    for (const stream of streams) this.#turn.push(stream);
    for (const stream of this.#turn) {
      if (streams.has(stream) && !ticked(stream, nowMs, gridMs)) streams.delete(stream);
    }
    this.#turn.length = 0;
  }

  #arm(): void {
    if (this.#isTicking) return;
    const next = this.#nextSlot()?.nextIndex ?? Number.POSITIVE_INFINITY;
    // A timer that is set for sooner than needed is left as it is, unless nobody needs any: streams come and go often.
    if (next >= this.#armedFor && next !== Number.POSITIVE_INFINITY) return;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = next;
    if (next === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(0, Math.ceil(this.#momentMs(next) - this.#timers.monotonicMs()));
    this.#disarm = this.#timers.after(delayMs, () => this.#tick());
  }

  /** Of those that hold streams. */
  #nextSlot(): Slot | undefined {
    let next: Slot | undefined;
    for (const slot of this.#slots) {
      if (slot.streams.size > 0 && (next === undefined || slot.nextIndex < next.nextIndex)) next = slot;
    }
    return next;
  }

  #momentMs(index: number): number {
    return this.#originMs + index * SLOT_MS;
  }

  /** The last moment, at or before this one, of the slot in this place. */
  #lastIndex(place: number, atMs: number): number {
    const slotsPassed = Math.floor((atMs - this.#originMs) / SLOT_MS);
    return place + Math.floor((slotsPassed - place) / SLOTS) * SLOTS;
  }
}

function ticked(stream: PacedStream, nowMs: number, gridMs: number): boolean {
  try {
    return stream.tick(nowMs, gridMs);
  } catch {
    return false;
  }
}
