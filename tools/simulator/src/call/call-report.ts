import type { AnswerFault } from '../answer/answer-error.ts';
import type { SampleRateHz } from '../media/audio-format.ts';
import type { Distribution } from '../media/distribution.ts';
import type { SocketClose, SocketFault } from '../socket/vonage-socket.ts';
import type { CallIds } from './call-ids.ts';

/** All that is known of one call when it is over. It can be written as JSON as it is; null is what never came to be. */
export interface CallReport extends CallIds {
  /**
   * Passed: every frame that was sent came back unaltered, nothing else did, and every event was answered 2xx. So a call may
   * pass that its signal hung up early: see `aborted`.
   */
  verdict: 'passed' | 'failed';
  /** A sentence for each thing that was wrong; empty where the call passed. */
  problems: string[];
  /** What is allowed and yet worth knowing. */
  notes: string[];
  /** Why the call ended before any audio was sent. */
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
  framesPlanned: number;
  framesSent: number;
  framesEchoed: number;
  framesMissing: number;
  /** Came back with other contents. */
  framesAltered: number;
  /** Came back though they were not sent, or more than once. */
  framesUnexpected: number;
  /** Binary messages of any other size than one frame's. */
  framesWrongSize: number;
  textMessages: number;
  dtmfSent: number;
  /** From the moment when a frame was due to the arrival of its echo; so it includes what `ownLatenessMs` tells of. */
  roundTripMs: Distribution | null;
  /** RFC 3550, 6.4.1, of the echo against the moments when its frames were due; the estimate at the end of the call. */
  interarrivalJitterMs: number | null;
  /** How much later than due this process sent its frames. */
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
}

export function emptyReport(ids: CallIds, answerUrl: URL, answerMethod: 'GET' | 'POST'): CallReport {
  return {
    verdict: 'failed',
    problems: [],
    notes: [],
    failureCode: null,
    ...ids,
    startedAt: new Date().toISOString(),
    durationMs: 0,
    answerUrl: answerUrl.href,
    answerMethod,
    answerMs: null,
    socketUri: null,
    sampleRateHz: null,
    socketOpenMs: null,
    framesPlanned: 0,
    framesSent: 0,
    framesEchoed: 0,
    framesMissing: 0,
    framesAltered: 0,
    framesUnexpected: 0,
    framesWrongSize: 0,
    textMessages: 0,
    dtmfSent: 0,
    roundTripMs: null,
    interarrivalJitterMs: null,
    ownLatenessMs: null,
    eventsSent: 0,
    eventsFailed: 0,
    closeCode: null,
    closeReason: null,
    closedBy: null,
    aborted: false,
  };
}
