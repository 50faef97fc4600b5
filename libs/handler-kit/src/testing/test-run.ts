import { audioFormat } from '@kodama/shared/voice';
import type { CallEnd, Handler, HandlerDefinition, HandlerLogger } from '../handler/handler.ts';
import { defineHandler } from '../handler/handler.ts';
import { noHandlerFiguresYet } from '../handler/handler-figures.ts';
import { HandlerRun } from '../handler/handler-run.ts';
import { DEFAULT_LIMITS } from '../out/outgoing-limits.ts';
import { Pacer } from '../out/pacer.ts';
import { VirtualTimers } from '../time/virtual-timers.ts';

/** More than any of these tests needs for promises that wait for one another. */
const TURNS = 5;

const FORMAT = audioFormat(16000);

type Definition<State> = Omit<HandlerDefinition<State, Record<never, never>>, 'name'>;

interface TestLine {
  readonly level: keyof HandlerLogger;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A handler's run whose clock stands still until it is told to move; ends its call when it is asked to, as the gateway does. */
export class TestRun {
  readonly timers: VirtualTimers;
  /** What has reached the far end: audio, and commands as texts. */
  readonly sent: (Buffer | string)[] = [];
  readonly lines: TestLine[] = [];
  readonly figures = noHandlerFiguresYet();
  readonly run: HandlerRun;
  /** What the handler has told whoever carries it: 'failure' and 'handler', each time it did. */
  readonly told: CallEnd[] = [];
  /** Loggers that were made. */
  loggers = 0;

  constructor(handler: Handler, settings: Readonly<Record<string, unknown>> = {}, timers = new VirtualTimers()) {
    this.timers = timers;
    const told = (end: CallEnd) => {
      this.told.push(end);
      void this.run.end(end);
    };
    this.run = new HandlerRun({
      handler,
      settings,
      facts: { conversationUuid: undefined, legUuid: undefined, socketId: 'socket-1', headers: {}, format: FORMAT },
      sink: { readyState: 1, bufferedAmount: 0, send: (message) => void this.sent.push(message) },
      pacer: new Pacer(this.timers),
      timers: this.timers,
      limits: DEFAULT_LIMITS,
      slowMs: 10,
      figures: this.figures,
      log: () => {
        this.loggers += 1;
        return this.#logger();
      },
      onFailure: () => told('failure'),
      onEndAsked: () => told('handler'),
    });
  }

  /** A run that has started, of a handler that does this. */
  static of<State = undefined>(definition: Definition<State>): TestRun {
    const test = new TestRun(defineHandler({ name: 'tested', ...definition }));
    test.run.start();
    return test;
  }

  /** The caller says a frame of nothing. */
  audio(): number {
    return this.run.audio(Buffer.alloc(FORMAT.bytesPerFrame), this.timers.monotonicMs());
  }

  /** Lets time pass, and then promises run. */
  async pass(ms: number): Promise<void> {
    this.timers.advanceTo(this.timers.monotonicMs() + ms);
    await turns(TURNS);
  }

  /** Errors that were logged: where in the handler, and what. */
  get logged(): [hook: unknown, error: unknown][] {
    return this.lines.filter(({ level }) => level === 'error').map(({ fields }) => [fields.hook, fields.err]);
  }

  #logger(): HandlerLogger {
    const write = (level: keyof HandlerLogger) => (fields: object, message: string) =>
      void this.lines.push({ level, fields: fields as TestLine['fields'], message });
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  }
}

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Does something in a process that hands its stray errors to {@link HandlerRun.strayError}, as the gateway does.
 *
 * @returns those that came from no handler
 */
export async function withStrayErrors(work: () => Promise<void>): Promise<unknown[]> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const unowned: unknown[] = [];
  const take = (error: unknown) => {
    if (!HandlerRun.strayError(error)) unowned.push(error);
  };
  // The test runner would take them for errors of the test.
  const others = events.map((event) => process.rawListeners(event) as ((...args: unknown[]) => void)[]);
  for (const event of events) process.removeAllListeners(event).on(event, take);
  try {
    await work();
    await turns(TURNS);
  } finally {
    for (const [i, event] of events.entries()) {
      process.off(event, take);
      for (const other of others[i] ?? []) process.on(event, other);
    }
  }
  return unowned;
}
