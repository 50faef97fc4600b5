import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { FrameSink } from '../out/frame-sink.ts';
import { OutgoingAudio } from '../out/outgoing-audio.ts';
import type { OutgoingLimits } from '../out/outgoing-limits.ts';
import type { Pacer } from '../out/pacer.ts';
import type { Timers } from '../time/timers.ts';
import { CallLife } from './call-life.ts';
import { CallOverError } from './call-over-error.ts';
import type { CallEnd, CallFacts, Dtmf, Handler, HandlerLogger } from './handler.ts';
import type { HandlerFigures } from './handler-figures.ts';
import { type CallBackground, LiveCall } from './live-call.ts';

/** Promises of `onAudio` that may be pending at a time: a second of frames. */
const MAX_PENDING = 50;

/** The same of `onDtmf` and `onText` together. */
const MAX_PENDING_MESSAGES = 100;

/** How long `onEnd` is waited for, ms. */
export const END_TIMEOUT_MS = 2000;

/** How long a handler may keep the process at a time where nothing else is configured, ms. */
export const DEFAULT_SLOW_MS = 10;

/** Errors of one call that are logged; the rest is counted. */
const MAX_LOGGED_ERRORS = 3;

export interface HandlerRunParts {
  readonly handler: Handler;
  /** What the handler's `settings` came to. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly facts: CallFacts;
  readonly sink: FrameSink;
  /** One for all calls of the process. */
  readonly pacer: Pacer;
  readonly timers: Timers;
  readonly limits: OutgoingLimits;
  /** How long the handler may keep the process at a time before that counts as slow, ms. */
  readonly slowMs: number;
  /** Counted into; whoever made it reads it when he likes. */
  readonly figures: HandlerFigures;
  /** Made when there is something to log. */
  readonly log: () => HandlerLogger;
  /** The handler has thrown for the first time: the call is to end. It has been logged and counted already. */
  readonly onFailure: () => void;
  /** The handler wants the call to end. */
  readonly onEndAsked: () => void;
}

type Hook = 'state' | 'onStart' | 'onAudio' | 'onDtmf' | 'onText' | 'onSent' | 'onCleared' | 'onEnd';

/** Whose code runs: found again in whatever it starts, promises and timers among it. */
const current = new AsyncLocalStorage<HandlerRun>();

/**
 * One handler in one call: feeds it, answers what it asks for by its call, and stands between it and everything else.
 * Whatever it throws, and whenever, comes out as one `onFailure` of this call.
 */
export class HandlerRun implements CallBackground {
  readonly facts: CallFacts;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly out: OutgoingAudio;
  readonly #parts: HandlerRunParts;
  /** The context of the call's own code. Made once, as it is entered with every frame. */
  readonly #scope: AsyncResource;
  readonly #life = new CallLife();
  readonly #call: LiveCall;
  readonly #startedAtMs: number;
  readonly #onAudio: Handler['onAudio'];
  #log: HandlerLogger | undefined;
  #abort: AbortController | undefined;
  #pending = 0;
  #pendingMessages = 0;
  #warnedOfMessages = false;
  /** Nothing is fed to it any more. */
  #over = false;
  /** Or needs none. */
  #hasState: boolean;
  #warnedOfSlow = false;
  #ended: Promise<void> | undefined;

  constructor(parts: HandlerRunParts) {
    this.#parts = parts;
    const { handler, facts, settings, sink, pacer, timers, limits, figures } = parts;
    this.facts = facts;
    this.settings = settings;
    this.#scope = current.run(this, () => new AsyncResource('HandlerCall', { requireManualDestroy: true }));
    this.#startedAtMs = timers.monotonicMs();
    this.#onAudio = handler.onAudio;
    this.#hasState = handler.state === undefined;
    const { onSent, onCleared } = handler;
    this.out = new OutgoingAudio({
      format: facts.format,
      sink,
      pacer,
      timers,
      limits,
      figures,
      life: this.#life,
      warn: (fields, message) => this.log().warn(fields, message),
      ...(onSent && { onSent: (frame: Buffer, heardAtMs: number) => this.#sent(onSent, frame, heardAtMs) }),
      ...(onCleared && { onCleared: () => this.#enter('onCleared', onCleared) }),
    });
    this.#call = new LiveCall(this);
  }

  /**
   * For the process's `uncaughtException` and `unhandledRejection`: ends the call whose handler this comes from.
   *
   * @returns false where it comes from no handler
   */
  static strayError(error: unknown): boolean {
    const run = current.getStore();
    if (run === undefined) return false;
    run.#failed('later', error);
    return true;
  }

  start(): void {
    const { state, onStart } = this.#parts.handler;
    if (state) {
      void this.#enter('state', (call) => {
        call.state = state(call as Parameters<typeof state>[0]);
        this.#hasState = true;
      });
      if (!this.#hasState) return;
    }
    if (onStart) void this.#enter('onStart', onStart);
  }

  /**
   * Hot: 50 times a second.
   *
   * @param arrivedMs now, on the monotonic clock
   * @returns how long the handler took, ms
   */
  audio(frame: Buffer, arrivedMs: number): number {
    const onAudio = this.#onAudio;
    if (onAudio === undefined || this.#over) return 0;
    if (this.#pending >= MAX_PENDING) {
      this.#unhandled();
      return 0;
    }
    try {
      const result = this.#scope.runInAsyncScope(onAudio, undefined, this.#call, frame);
      if (result !== undefined) this.#followAudio(result);
    } catch (error) {
      this.#failed('onAudio', error);
    }
    const tookMs = this.#parts.timers.monotonicMs() - arrivedMs;
    this.#took('onAudio', tookMs);
    return tookMs;
  }

  dtmf(key: Dtmf): void {
    const { onDtmf } = this.#parts.handler;
    if (onDtmf) this.#take('onDtmf', (call) => onDtmf(call, key));
  }

  text(text: string): void {
    const { onText } = this.#parts.handler;
    if (onText) this.#take('onText', (call) => onText(call, text));
  }

  /** A `websocket:notify` came. */
  notified(payload: unknown): void {
    if (!this.#over) this.out.notified(payload);
  }

  log(): HandlerLogger {
    this.#log ??= this.#parts.log();
    return this.#log;
  }

  signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#life.isOver) this.#abort.abort(new CallOverError());
    }
    return this.#abort.signal;
  }

  elapsedMs(): number {
    return this.#parts.timers.monotonicMs() - this.#startedAtMs;
  }

  epochMs(): number {
    return this.#parts.timers.epochMs();
  }

  sleep(ms: number): Promise<void> {
    return this.#life.wait((resolve) => this.#parts.timers.after(ms, () => resolve(undefined)));
  }

  askEnd(): void {
    if (!this.#over) this.#parts.onEndAsked();
  }

  /**
   * The call is over. Everything that the handler waits for rejects, its signal is aborted, nothing is sent any more; then
   * `onEnd`. The first end counts.
   *
   * @returns fulfilled when `onEnd` is done, or after {@link END_TIMEOUT_MS}; never rejects
   */
  end(end: CallEnd): Promise<void> {
    this.#ended ??= this.#end(end);
    return this.#ended;
  }

  async #end(end: CallEnd): Promise<void> {
    this.#over = true;
    this.#life.end();
    this.out.stop();
    this.#scope.runInAsyncScope(() => this.#abort?.abort(new CallOverError()));
    const { onEnd } = this.#parts.handler;
    const done = onEnd && this.#hasState && this.#enter('onEnd', (call) => onEnd(call, end));
    if (!done) return;
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const cancel = this.#parts.timers.after(END_TIMEOUT_MS, () => resolve('late'));
    if ((await Promise.race([done, late])) === 'late') {
      this.log().warn({ hook: 'onEnd', timeoutMs: END_TIMEOUT_MS }, 'the handler takes too long to end its call');
    }
    cancel();
  }

  /** Calls into the handler; gives back a promise that is fulfilled when it is done, where it did not do it at once. */
  #enter(hook: Hook, work: (call: LiveCall) => void | Promise<void>): Promise<void> | undefined {
    const beganMs = this.#parts.timers.monotonicMs();
    let result: void | Promise<void> | undefined;
    try {
      result = this.#scope.runInAsyncScope(work, undefined, this.#call);
    } catch (error) {
      this.#failed(hook, error);
    }
    this.#took(hook, this.#parts.timers.monotonicMs() - beganMs);
    if (result === undefined) return undefined;
    return Promise.resolve(result).catch((error) => this.#failed(hook, error));
  }

  /** Hands a key or a text to the handler. */
  #take(hook: 'onDtmf' | 'onText', work: (call: LiveCall) => void | Promise<void>): void {
    if (this.#over) return;
    if (this.#pendingMessages >= MAX_PENDING_MESSAGES) {
      if (this.#warnedOfMessages) return;
      this.#warnedOfMessages = true;
      this.log().warn(
        { hook, pending: this.#pendingMessages },
        'the handler does not keep up: keys and texts are lost',
      );
      return;
    }
    const done = this.#enter(hook, work);
    if (done === undefined) return;
    this.#pendingMessages += 1;
    void done.then(() => {
      this.#pendingMessages -= 1;
    });
  }

  #followAudio(result: void | Promise<void>): void {
    // A handler of plain JavaScript may give back anything.
    if (typeof (result as Partial<Promise<void>> | null)?.then !== 'function') return;
    this.#pending += 1;
    Promise.resolve(result)
      .catch((error) => this.#failed('onAudio', error))
      .finally(() => {
        this.#pending -= 1;
      });
  }

  #sent(onSent: NonNullable<Handler['onSent']>, frame: Buffer, heardAtMs: number): void {
    const { timers } = this.#parts;
    const beganMs = timers.monotonicMs();
    try {
      this.#scope.runInAsyncScope(onSent, undefined, this.#call, frame, heardAtMs - this.#startedAtMs);
    } catch (error) {
      this.#failed('onSent', error);
    }
    this.#took('onSent', timers.monotonicMs() - beganMs);
  }

  #took(hook: Hook, tookMs: number): void {
    const { figures, slowMs } = this.#parts;
    figures.handlerMaxMs = Math.max(figures.handlerMaxMs, tookMs);
    if (tookMs <= slowMs) return;
    figures.handlerSlowCount += 1;
    if (this.#warnedOfSlow) return;
    this.#warnedOfSlow = true;
    this.log().warn(
      { hook, tookMs: Math.round(tookMs), slowMs },
      'the handler keeps all calls of this process waiting',
    );
  }

  #unhandled(): void {
    const { figures } = this.#parts;
    figures.framesUnhandled += 1;
    if (figures.framesUnhandled > 1) return;
    this.log().warn({ pending: this.#pending }, 'onAudio does not keep up: frames are not handed to it');
  }

  #failed(hook: Hook | 'later', error: unknown): void {
    // That is how what it waited for comes to its end with the call. By name: a package may have a kit of its own.
    if (this.#over && error instanceof Error && error.name === 'CallOverError') return;
    // What it hands its signal to may end with an error of its own.
    if (this.#over && error instanceof Error && error.name === 'AbortError') return;
    const { figures, onFailure } = this.#parts;
    figures.handlerErrorCount += 1;
    if (figures.handlerErrorCount <= MAX_LOGGED_ERRORS) this.log().error({ err: error, hook }, 'the handler failed');
    if (this.#over) return;
    this.#over = true;
    onFailure();
  }
}
