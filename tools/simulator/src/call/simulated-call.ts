import type { HeardTrack } from '../heard/heard-track.ts';
import type { Recording } from '../media/recording.ts';
import type { Action } from '../ncco/actions.ts';
import type { CallIds } from './call-ids.ts';
import type { CallReport } from './call-report.ts';
import type { EventDelivery, TimelineEntry } from './timeline.ts';

/** What a call tells while it lasts: name -> what a listener is handed. */
export interface CallEvents {
  /** An event webhook has been answered or given up. */
  event: EventDelivery;
  /** An action of the NCCO begins. */
  action: { readonly index: number; readonly action: Action };
  /** A WebSocket leg is open, or has closed. */
  socketOpen: { readonly legUuid: string; readonly uri: string };
  socketClosed: { readonly legUuid: string; readonly code: number; readonly reason: string };
  /** A text message of the application, as it came. */
  text: { readonly legUuid: string; readonly text: string };
  /** A line of the timeline. */
  timeline: TimelineEntry;
  /** The call is over. */
  ended: CallReport;
}

/**
 * A call that is under way: what its caller can do, and what he hears. `await using call = await simulator.call()` hangs up
 * at the end of the block. Whatever is asked of a call that is over does nothing.
 */
export interface SimulatedCall extends AsyncDisposable {
  readonly ids: CallIds;
  /** What the caller said and heard until now. */
  readonly heard: HeardTrack;
  /** The event webhooks that have been answered or given up. */
  readonly events: readonly EventDelivery[];
  readonly timeline: readonly TimelineEntry[];
  /** The report, when the call is over and every event was delivered or given up. Never rejects. */
  readonly ended: Promise<CallReport>;

  /** @returns what ends the listening. */
  on<Name extends keyof CallEvents>(name: Name, listener: (what: CallEvents[Name]) => void): () => void;
  /** Resolves when a WebSocket leg is open: true; or when the call is over without one: false. */
  connected(): Promise<boolean>;
  /** Speaks; resolves when the last frame was spoken. What is said while something is being said comes after it. */
  say(audio: Recording): Promise<void>;
  /** Says these words to the speech recognition of an `input` action, the present one or the next. */
  sayWords(text: string): void;
  /** Presses keys, one after the other, each for so long (100 ms unless given), with as much between them. */
  press(digits: string, options?: { readonly durationMs?: number }): Promise<void>;
  /** Resolves so many ms of the call later. */
  wait(ms: number): Promise<void>;
  /** Nothing gets through on the WebSockets for so long; then all of it does at once. */
  cutNetwork(ms: number): Promise<void>;
  /** Breaks the WebSockets' connections without a close frame. */
  resetNetwork(): void;
  /** Hangs up; resolves as `ended` does. */
  hangUp(): Promise<CallReport>;
}
