import { type AudioFormat, type ConversationUuid, HANDLER_NAME, type LegUuid } from '@kodama/shared/voice';
import type { z } from 'zod';
import type { AudioOut } from '../out/audio-out.ts';

/** A key that the caller pressed. */
export interface Dtmf {
  readonly digit: DtmfDigit;
  /** How long it was held, ms; 0 where Vonage did not say. */
  readonly durationMs: number;
}

export type DtmfDigit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';

/** How a call came to its end: the far end closed or broke the socket, the handler ended it, it failed, or the gateway stops. */
export type CallEnd = 'peer' | 'handler' | 'failure' | 'gateway';

/** Writes JSON lines that carry the call's ids by themselves. No caller's number, digit or payload belongs into one. */
export interface HandlerLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a handler's environment variables come to: its `settings`, read. */
export type SettingsOf<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** What is known of a call from the socket's first message. */
export interface CallFacts {
  readonly conversationUuid: ConversationUuid | undefined;
  /** The caller's leg. */
  readonly legUuid: LegUuid | undefined;
  /** This socket, made here: unique also where a call has a second socket with the same ids. */
  readonly socketId: string;
  /** Everything that the NCCO's `headers` held: the ids, the handler's name, and whatever else you put there. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Of what comes and what goes. */
  readonly format: AudioFormat;
}

/** One call, as its handler sees it. */
export interface HandlerCall<State = unknown, Settings = unknown> extends CallFacts {
  /** What the definition's `state` made for this call. */
  readonly state: State;
  /** The handler's own settings, from the environment; the same for all calls. */
  readonly settings: Settings;
  readonly out: AudioOut;
  readonly log: HandlerLogger;
  /** Aborted when the call ends: hand it to whatever you start. */
  readonly signal: AbortSignal;
  /** Monotonic, ms since the handler got the call. */
  elapsedMs(): number;
  /** Wall clock, ms since 1970 UTC. */
  epochMs(): number;
  /** Fulfilled after so many ms; rejects with CallOverError when the call ends. In a test it takes no real time. */
  sleep(ms: number): Promise<void>;
  /** Ends the call's socket: 1000, as after a good talk. What was sent before may not be heard to its end: see `out.played`. */
  end(): void;
}

/**
 * What is done with a call. Every function is optional, and any of them may be async; what it throws, now or later, ends this
 * call (1011) and no other. Only `onAudio` and `onSent` are called often (50 times a second): they must return fast.
 */
export interface HandlerDefinition<State, Shape extends z.ZodRawShape> {
  /** As the NCCO's `headers` name it: lower-case letters, digits and dashes, 40 at most, a letter first. */
  readonly name: string;
  /** Environment variables, each with a `.describe()`: read and checked when the gateway starts. */
  readonly settings?: Shape;
  /** Makes what this call needs to keep, before anything else is called. */
  readonly state?: (call: HandlerCall<undefined, SettingsOf<Shape>>) => State;
  /** The call is there, its format and ids known. */
  onStart?(call: HandlerCall<State, SettingsOf<Shape>>): void | Promise<void>;
  /**
   * A frame of the caller's audio, 20 ms: `call.format.bytesPerFrame` bytes of 16-bit little-endian samples (`samplesOf`).
   * Copy what you keep: a kept frame keeps a whole read buffer in memory.
   */
  onAudio?(call: HandlerCall<State, SettingsOf<Shape>>, frame: Buffer): void | Promise<void>;
  onDtmf?(call: HandlerCall<State, SettingsOf<Shape>>, key: Dtmf): void | Promise<void>;
  /** A text message from the far end that is none of the protocol's. */
  onText?(call: HandlerCall<State, SettingsOf<Shape>>, text: string): void | Promise<void>;
  /**
   * A frame of ours has left, for whoever records. Copy what you keep.
   *
   * @param heardAtMs when the caller begins to hear it, by `elapsedMs`
   */
  onSent?(call: HandlerCall<State, SettingsOf<Shape>>, frame: Buffer, heardAtMs: number): void;
  /** What was sent and would have been heard from now on was cleared. */
  onCleared?(call: HandlerCall<State, SettingsOf<Shape>>): void | Promise<void>;
  /**
   * The call is over, whatever ended it; nothing can be sent any more. Waited for a short while (2 s), also at a stop. Not
   * called where `state` threw.
   */
  onEnd?(call: HandlerCall<State, SettingsOf<Shape>>, end: CallEnd): void | Promise<void>;
}

/** Known by a registered symbol, so that a package with a kit of its own, or a copy of this one, is understood. */
const HANDLER = Symbol.for('kodama.handler');

/** A handler as the gateway takes it, with its types rubbed off. */
export type Handler = HandlerDefinition<unknown, z.ZodRawShape>;

/**
 * Makes a handler of its definition. TypeScript finds the types of `call.state` and `call.settings` from `state` and
 * `settings`, which stand first.
 *
 * @throws TypeError for a name that cannot be one, a key that means nothing, and an object of a class
 */
export function defineHandler<State = undefined, Shape extends z.ZodRawShape = Record<never, never>>(
  definition: HandlerDefinition<State, Shape>,
): Handler {
  const { name } = definition;
  if (typeof name !== 'string' || !HANDLER_NAME.test(name)) {
    throw new TypeError(
      `a handler's name has lower-case letters, digits and dashes, 40 at most, a letter first: not ${JSON.stringify(name)}`,
    );
  }
  if (![Object.prototype, null].includes(Object.getPrototypeOf(definition))) {
    throw new TypeError(`handler ${name}: a handler is a plain object of functions, not an object of a class`);
  }
  const unknown = Object.keys(definition).filter((key) => !KEYS.has(key));
  if (unknown.length > 0) {
    throw new TypeError(`handler ${name}: there is no ${unknown.join(', ')}; there are: ${[...KEYS].join(', ')}`);
  }
  return Object.freeze({ ...definition, [HANDLER]: true }) as unknown as Handler;
}

const KEYS: ReadonlySet<string> = new Set<keyof Handler>([
  'name',
  'settings',
  'state',
  'onStart',
  'onAudio',
  'onDtmf',
  'onText',
  'onSent',
  'onCleared',
  'onEnd',
]);

/** Whether a value is what `defineHandler` made. */
export function isHandler(value: unknown): value is Handler {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[HANDLER] === true;
}
