import type { AnswerFault } from '../answer/answer-error.ts';
import type { SampleRateHz } from '../media/audio-format.ts';
import type { Distribution } from '../media/distribution.ts';
import type { SocketClose, SocketFault } from '../socket/vonage-socket.ts';
import type { CallIds } from './call-ids.ts';
import type { EventDelivery, TimelineEntry } from './timeline.ts';

/**
 * All that is known of one call when it is over. It can be written as JSON as it is; null is what never came to be. What is
 * told of a socket is told of the first one; `timeline` has the others too.
 */
export interface CallReport extends CallIds {
  /** Passed: the application did nothing wrong. So a call may pass that its signal hung up early: see `aborted`. */
  verdict: 'passed' | 'failed';
  /** A sentence for each thing that was wrong, with the rule's number where there is one; empty where the call passed. */
  problems: readonly string[];
  /** What is allowed and yet worth knowing. */
  notes: readonly string[];
  /** Why the call had no audio. */
  failureCode: AnswerFault | SocketFault | null;
  startedAt: string;
  /** From the question to the answer URL to the last event's reply. */
  durationMs: number;
  answerUrl: string;
  answerMethod: 'GET' | 'POST';
  /** From the question to the whole answer, tries included. */
  answerMs: number | null;
  socketUri: string | null;
  sampleRateHz: SampleRateHz | null;
  /** From the first step to the open socket. */
  socketOpenMs: number | null;
  /** Frames of audio that the socket was sent. */
  framesSent: number;
  /** Frames of the right size that came from it. */
  framesReceived: number;
  /** Of these, the ones that were played: the rest was late, cleared, or too much. */
  framesPlayed: number;
  /** Whether the application is expected to send back what it hears: the four counts after it are zero otherwise. */
  expectsEcho: boolean;
  framesEchoed: number;
  framesMissing: number;
  /** Came back with other contents. */
  framesAltered: number;
  /** Came back though they were not sent, or more than once. */
  framesUnexpected: number;
  /** Binary messages of any other size than one frame's. */
  framesWrongSize: number;
  /** Frames in messages of several fragments. */
  framesFragmented: number;
  /** Frames for which the play-out buffer had no room, and those that a clear command threw away. */
  framesOverflowed: number;
  framesCleared: number;
  /** Times in which nothing was there to be played, between two frames that were. */
  gapCount: number;
  longestGapMs: number;
  /** The most that waited to be played. */
  longestQueueMs: number;
  textMessages: number;
  dtmfSent: number;
  /** From the moment when a frame was due to the arrival of its echo; so it includes what `ownLatenessMs` tells of. */
  roundTripMs: Distribution | null;
  /** RFC 3550, 6.4.1, of the echo against the moments when its frames were due; the estimate at the end of the call. */
  interarrivalJitterMs: number | null;
  /** How much later than due this process sent its frames; in placeCall and placeCalls, from when the caller begins to talk. */
  ownLatenessMs: { p99: number; max: number } | null;
  /** Events sent, delivered or not. */
  eventsSent: number;
  /** Events that were not answered 2xx. */
  eventsFailed: number;
  closeCode: number | null;
  closeReason: string | null;
  closedBy: SocketClose['by'] | null;
  /** The call was hung up by its signal. */
  aborted: boolean;
  events: readonly EventDelivery[];
  timeline: readonly TimelineEntry[];
}
