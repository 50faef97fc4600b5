import type { AnswerError } from '../answer/answer-error.ts';
import type { CallIds } from '../call/call-ids.ts';
import type { Timeline } from '../call/call-timeline.ts';
import type { Findings } from '../call/findings.ts';
import type { EventSender, EventTarget } from '../events/event-sender.ts';
import type { Announcer } from '../legs/announcer.ts';
import type { Caller } from '../legs/caller.ts';
import type { Leg } from '../legs/leg.ts';
import type { SocketLeg } from '../legs/socket-leg.ts';
import type { MovableConversation } from '../media/movable-conversation.ts';
import type { Action, WebhookTarget } from '../ncco/actions.ts';
import type { Platform } from '../platform/platform.ts';
import type { SocketClose, SocketFault } from '../socket/vonage-socket.ts';
import type { HttpReply } from '../webhook/http-exchange.ts';
import type { KeyPad } from './key-pad.ts';
import type { SpokenWords } from './spoken-words.ts';

/** An outbound leg of a call, from its start to its end. */
export interface OutboundLeg {
  readonly leg: Leg;
  /** The application's socket, where it is one and open. */
  readonly socket?: SocketLeg | undefined;
  /** Ends it, since the call ends or REST asks for it: fulfilled when it is over. */
  end(): Promise<void>;
}

/** What carrying out an NCCO needs of its call. */
export interface LiveCall {
  readonly ids: CallIds;
  readonly platform: Platform;
  readonly from: string | undefined;
  readonly to: string;
  readonly callerLeg: Leg;
  readonly caller: Caller;
  readonly announcer: Announcer;
  readonly sender: EventSender;
  readonly findings: Findings;
  readonly log: Timeline;
  readonly keys: KeyPad;
  readonly words: SpokenWords;
  /** Aborted when the call is over, or about to be. */
  readonly over: AbortSignal;
  /** `platform` as long as the caller has not hung up. */
  readonly hungUpBy: 'user' | 'platform';
  /** The caller, what is played to him, and all that the call is connected to. */
  readonly conversation: MovableConversation;

  /** Where events go: the action's own address, or the application's. */
  target(own: WebhookTarget | undefined): EventTarget;
  /** From now on the call lasts at least as long as this leg. */
  addLeg(leg: OutboundLeg): void;
  removeLeg(leg: OutboundLeg): void;
  /** Something goes on beside the NCCO, and the call lasts until it is over. */
  keepAlive(work: Promise<unknown>): void;
  /** Something is to be finished before the call is reported on; it does not make the call last. */
  finish(work: Promise<unknown>): void;
  /** Takes a new NCCO in place of what is left of the current one. */
  replaceNcco(actions: readonly Action[], why: string): void;
  /** The NCCO in the reply to an event, if it holds a good one; a bad one is a problem, and told of by an error event. */
  nccoInReply(reply: HttpReply | undefined, event: string): readonly Action[] | undefined;
  /** A document that came in the middle of the call is no NCCO: a problem, and told of by an error event. */
  reportBadNcco(error: AnswerError): void;
  /** Called with each frame of the application's audio. */
  readonly onFrame: ((frame: Buffer) => void) | undefined;
  /** The leg's id of the next WebSocket leg. */
  nextSocketLegUuid(): string;
  /** @param openMs how long it took. */
  onSocketOpen(socket: SocketLeg, uri: string, openMs: number): void;
  onSocketClosed(socket: SocketLeg, uri: string, close: SocketClose): void;
  /** A socket could not be opened. */
  onSocketFault(code: SocketFault, uri: string): void;
  onText(legUuid: string, text: string): void;
}

/** Resolves after so many ms, or at once when the signal is aborted: true where the time has passed. */
export function pause(ms: number, ...signals: AbortSignal[]): Promise<boolean> {
  if (signals.some((signal) => signal.aborted)) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const end = (passed: boolean) => {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
    resolve(passed);
  };
  const onAbort = () => end(false);
  // setTimeout takes at most 2^31 - 1 ms, which is more than a call may last.
  const timer = setTimeout(() => end(true), Math.min(ms, 2 ** 31 - 1));
  for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
  return promise;
}
