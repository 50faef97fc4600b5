import type { CallReport } from '../call/call-report.ts';
import type { CallEvents, SimulatedCall } from '../call/simulated-call.ts';
import type { EventDelivery } from '../call/timeline.ts';
import type { Timers } from '../media/frame-clock.ts';

/** A moment of a call, in the two times that are kept of it. */
export interface Moment {
  /** Since the call was placed, ms. */
  readonly atMs: number;
  /** Of the track of what was heard, ms. */
  readonly trackMs: number;
}

/** Something that happened, and when: ms since the call was placed. */
export interface Seen<What> {
  readonly atMs: number;
  readonly what: What;
}

/** Keeps what happens in a call, from the moment when it was placed. */
export class CallWatch implements Disposable {
  readonly call: SimulatedCall;
  readonly events: Seen<EventDelivery>[] = [];
  readonly texts: Seen<string>[] = [];
  readonly actions: Seen<CallEvents['action']['action']>[] = [];
  readonly closes: Seen<CallEvents['socketClosed']>[] = [];
  /** Leg ids of the WebSockets that were open. */
  readonly socketLegs = new Set<string>();
  /** When the call is over. */
  report: CallReport | undefined;
  readonly #timers: Timers;
  readonly #startMs: number;
  readonly #stops: readonly (() => void)[];

  constructor(call: SimulatedCall, timers: Timers) {
    this.call = call;
    this.#timers = timers;
    this.#startMs = timers.now();
    for (const event of call.events) this.events.push(this.#seen(event));
    this.#stops = [
      call.on('event', (event) => this.events.push(this.#seen(event))),
      call.on('text', ({ text }) => this.texts.push(this.#seen(text))),
      call.on('action', ({ action }) => this.actions.push(this.#seen(action))),
      call.on('socketOpen', ({ legUuid }) => this.socketLegs.add(legUuid)),
      call.on('socketClosed', (close) => this.closes.push(this.#seen(close))),
      call.on('ended', (report) => {
        this.report = report;
      }),
    ];
  }

  get isOver(): boolean {
    return this.report !== undefined;
  }

  now(): Moment {
    return { atMs: this.#timers.now() - this.#startMs, trackMs: this.call.heard.durationMs };
  }

  /** Of this process's time: it goes on when the call is over. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.after(ms, resolve);
    });
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
  }

  #seen<What>(what: What): Seen<What> {
    return { atMs: this.now().atMs, what };
  }
}
