import type { AudioFormat, ConversationUuid, LegUuid } from '@kodama/shared/voice';
import type { AudioOut } from '../out/audio-out.ts';
import type { CallFacts, HandlerCall, HandlerLogger } from './handler.ts';

/** What stands behind a call. */
export interface CallBackground {
  readonly facts: CallFacts;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly out: AudioOut;
  log(): HandlerLogger;
  signal(): AbortSignal;
  elapsedMs(): number;
  epochMs(): number;
  sleep(ms: number): Promise<void>;
  /** The handler wants the call to end. */
  askEnd(): void;
}

/**
 * The call that a handler is given. What most handlers never ask for is made when they do. An object that has this one as
 * its prototype works as well as this one itself: whoever wraps a handler may put a state of his own before it.
 */
export class LiveCall implements HandlerCall<unknown, Readonly<Record<string, unknown>>> {
  readonly conversationUuid: ConversationUuid | undefined;
  readonly legUuid: LegUuid | undefined;
  readonly socketId: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly format: AudioFormat;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly out: AudioOut;
  /** Set once, before the handler's own functions are called. */
  state: unknown;
  private readonly background: CallBackground;

  constructor(background: CallBackground) {
    const { facts, settings, out } = background;
    this.conversationUuid = facts.conversationUuid;
    this.legUuid = facts.legUuid;
    this.socketId = facts.socketId;
    this.headers = facts.headers;
    this.format = facts.format;
    this.settings = settings;
    this.out = out;
    this.background = background;
  }

  get log(): HandlerLogger {
    return this.background.log();
  }

  get signal(): AbortSignal {
    return this.background.signal();
  }

  elapsedMs(): number {
    return this.background.elapsedMs();
  }

  epochMs(): number {
    return this.background.epochMs();
  }

  sleep(ms: number): Promise<void> {
    return this.background.sleep(ms);
  }

  end(): void {
    this.background.askEnd();
  }
}
