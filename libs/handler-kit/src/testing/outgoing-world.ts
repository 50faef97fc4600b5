import { setImmediate as turn } from 'node:timers/promises';
import type { AudioFormat } from '@kodama/shared/voice';
import { CallLife } from '../handler/call-life.ts';
import { OutgoingAudio } from '../out/outgoing-audio.ts';
import { noFiguresYet } from '../out/outgoing-figures.ts';
import type { OutgoingLimits } from '../out/outgoing-limits.ts';
import { Pacer } from '../out/pacer.ts';
import { VirtualTimers } from '../time/virtual-timers.ts';
import { FarEnd } from './far-end.ts';

/** What became of a promise: how it was fulfilled, or with what it was rejected. */
export interface Watched {
  readonly kind: 'play' | 'played' | 'drained';
  state: unknown;
}

export const PENDING = Symbol('pending');

/** An outgoing stream with all that is around it, on virtual time. */
export class OutgoingWorld {
  readonly timers = new VirtualTimers();
  readonly pacer = new Pacer(this.timers);
  readonly farEnd = new FarEnd(this.timers);
  readonly figures = noFiguresYet();
  readonly life = new CallLife();
  readonly out: OutgoingAudio;
  readonly format: AudioFormat;
  readonly limits: OutgoingLimits;
  readonly sent: { frame: Buffer; heardAtMs: number }[] = [];
  readonly watched: Watched[] = [];
  /** Whether the far end answers marks by itself, as soon as what is before them has been heard. */
  answersMarks = true;
  onSent: (() => void) | undefined;
  #answered = 0;

  constructor(format: AudioFormat, limits: OutgoingLimits) {
    this.format = format;
    this.limits = limits;
    this.farEnd.leadMs = limits.leadMs;
    const { timers, pacer, farEnd: sink, figures, life } = this;
    this.out = new OutgoingAudio({
      format,
      sink,
      pacer,
      timers,
      limits,
      figures,
      life,
      warn: () => {},
      onSent: (frame, heardAtMs) => {
        this.sent.push({ frame, heardAtMs });
        const { onSent } = this;
        this.onSent = undefined;
        onSent?.();
      },
    });
  }

  get nowMs(): number {
    return this.timers.monotonicMs();
  }

  /** What is still pending. */
  get open(): Watched[] {
    return this.watched.filter(({ state }) => state === PENDING);
  }

  watch(kind: Watched['kind'], promise: Promise<unknown>): Watched {
    const watched: Watched = { kind, state: PENDING };
    this.watched.push(watched);
    const settle = (state: unknown) => {
      watched.state = state;
    };
    promise.then(settle, settle);
    return watched;
  }

  /** Lets promises come to rest. */
  async settle(): Promise<void> {
    await turn();
  }

  /** @param lateMs how late the next timer goes off */
  async runTo(ms: number, lateMs: () => number = () => 0): Promise<void> {
    for (let due = this.timers.nextDueMs(); due !== undefined && due <= ms; due = this.timers.nextDueMs()) {
      this.timers.stallTo(due + lateMs());
      await this.#afterTime();
    }
    this.timers.advanceTo(ms);
    await this.#afterTime();
  }

  async stallTo(ms: number): Promise<void> {
    this.timers.stallTo(ms);
    await this.#afterTime();
  }

  async #afterTime(): Promise<void> {
    // Only what reads a source, or waits, needs a turn of the loop.
    if (this.open.length > 0) await this.settle();
    if (!this.answersMarks) return;
    const { texts } = this.farEnd;
    for (let text = texts[this.#answered]; text && text.heardAtMs <= this.nowMs; text = texts[this.#answered]) {
      this.#answered += 1;
      const { payload } = JSON.parse(text.bytes.toString());
      if (payload !== undefined) this.out.notified(payload);
    }
    if (this.open.length > 0) await this.settle();
  }
}
