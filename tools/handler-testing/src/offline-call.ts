import type { CallEnd, CallFacts, Handler } from '@kodama/handler-kit';
import { DEFAULT_SLOW_MS, HandlerRun, noHandlerFiguresYet, type OutgoingLimits, Pacer } from '@kodama/handler-kit/run';
import { FRAME_MS } from '@kodama/simulator/heard';
import { CallLog } from './call-log.ts';
import type { CallTime } from './call-time.ts';
import { FarEnd } from './far-end.ts';
import { HandledCall, type HandledEnd } from './handled-call.ts';
import { Line } from './line.ts';
import type { Script } from './script.ts';

export interface OfflineCallParts {
  readonly handler: Handler;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly facts: CallFacts;
  readonly script: Script;
  readonly limits: OutgoingLimits;
  readonly time: CallTime;
  /** Who ends it when the script is over. */
  readonly endedBy: CallEnd;
}

/** A call between a script and a handler. */
export class OfflineCall {
  readonly #parts: OfflineCallParts;
  readonly #line: Line;
  readonly #farEnd: FarEnd;
  readonly #log: CallLog;
  readonly #figures = noHandlerFiguresYet();
  readonly #run: HandlerRun;
  readonly #over = Promise.withResolvers<void>();
  /** Of what has not come yet: in real time it would keep the process alive. */
  readonly #forgetMessages: (() => void)[] = [];
  #end: HandledEnd | undefined;

  constructor(parts: OfflineCallParts) {
    const { facts, time, script } = parts;
    this.#parts = parts;
    this.#line = new Line(time, script.stalls);
    this.#log = new CallLog(() => this.#line.nowMs());
    this.#farEnd = new FarEnd({
      format: facts.format,
      time,
      line: this.#line,
      onNotified: (payload) => this.#run.notified(payload),
      onFault: () => this.#endBy('peer'),
    });
    this.#run = new HandlerRun({
      ...parts,
      sink: this.#farEnd,
      pacer: new Pacer(time.timers),
      timers: time.timers,
      slowMs: DEFAULT_SLOW_MS,
      figures: this.#figures,
      log: () => this.#log,
      // What it threw has been logged just before.
      onFailure: () => this.#endBy('failure', this.#log.lastError),
      onEndAsked: () => this.#endBy('handler'),
    });
  }

  /** @throws WireFault where something was sent that Vonage does not take */
  async run(): Promise<HandledCall> {
    const { time, script } = this.#parts;
    try {
      for (const { atMs, sendTo } of script.messages) {
        const send = () => this.#line.carry('in', 0, () => sendTo(this.#run));
        this.#forgetMessages.push(time.outside.after(atMs, send));
      }
      this.#run.start();
      // The caller's first frame comes when the handler has begun.
      await time.until(Promise.resolve());
      this.#tick(0);
      await time.until(this.#over.promise);
      // What the handler's last promises do is its own as well.
      await time.until(Promise.resolve());
    } finally {
      this.#endBy('gateway');
    }
    if (this.#farEnd.fault) throw this.#farEnd.fault;
    return new HandledCall({
      heard: this.#farEnd.heard,
      end: this.#end as HandledEnd,
      log: this.#log.lines,
      figures: this.#figures,
      commands: this.#farEnd.commands,
    });
  }

  #tick(index: number): void {
    if (this.#end) return;
    const { time, script, endedBy } = this.#parts;
    const frame = script.said.frame(index);
    this.#farEnd.tick(frame);
    this.#line.carry('in', 0, () => this.#run.audio(frame, time.timers.monotonicMs()));
    const next = index + 1;
    const waitMs = Math.max(0, next * FRAME_MS - this.#line.nowMs());
    time.outside.after(waitMs, () => (next < script.ticks ? this.#tick(next) : this.#endBy(endedBy)));
  }

  /** The first end counts. */
  #endBy(by: CallEnd, error?: unknown): void {
    if (this.#end) return;
    this.#end = { by, atMs: this.#line.nowMs(), ...(error !== undefined && { error }) };
    this.#line.cut();
    for (const forget of this.#forgetMessages) forget();
    this.#over.resolve(this.#run.end(by));
  }
}
