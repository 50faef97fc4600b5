import type { SocketLeg } from '../legs/socket-leg.ts';
import { FRAME_MS, FRAMES_PER_SECOND } from '../media/audio-format.ts';
import type { SocketClose } from '../socket/vonage-socket.ts';
import type { CallReport } from './call-report.ts';
import type { Findings } from './findings.ts';

/** The part of a report that tells of a socket. */
export type SocketFigures = Omit<
  CallReport,
  | 'verdict'
  | 'problems'
  | 'notes'
  | 'failureCode'
  | 'startedAt'
  | 'durationMs'
  | 'answerUrl'
  | 'answerMethod'
  | 'answerMs'
  | 'socketOpenMs'
  | 'eventsSent'
  | 'eventsFailed'
  | 'aborted'
  | 'events'
  | 'timeline'
  | 'conversationUuid'
  | 'legUuid'
  | 'socketLegUuid'
>;

/** Of a call without one. */
export const NO_SOCKET: SocketFigures = {
  socketUri: null,
  sampleRateHz: null,
  framesSent: 0,
  framesReceived: 0,
  framesPlayed: 0,
  expectsEcho: false,
  framesEchoed: 0,
  framesMissing: 0,
  framesAltered: 0,
  framesUnexpected: 0,
  framesWrongSize: 0,
  framesFragmented: 0,
  framesOverflowed: 0,
  framesCleared: 0,
  gapCount: 0,
  longestGapMs: 0,
  longestQueueMs: 0,
  textMessages: 0,
  dtmfSent: 0,
  roundTripMs: null,
  interarrivalJitterMs: null,
  ownLatenessMs: null,
  closeCode: null,
  closeReason: null,
  closedBy: null,
};

/** The figures of a socket that is closed. */
export function socketFigures(socket: SocketLeg, uri: string, close: SocketClose): SocketFigures {
  const { playOut, echo } = socket;
  echo?.matcher.finish();
  const lateness = socket.latenessMs.distribution();
  return {
    socketUri: uri,
    sampleRateHz: socket.sampleRateHz,
    framesSent: socket.framesSent,
    framesReceived: socket.framesReceived,
    framesPlayed: playOut.played,
    expectsEcho: echo !== undefined,
    framesEchoed: echo?.matcher.echoed ?? 0,
    framesMissing: echo?.matcher.missing ?? 0,
    framesAltered: echo?.matcher.altered ?? 0,
    framesUnexpected: echo?.matcher.unexpected ?? 0,
    framesWrongSize: socket.framesWrongSize,
    framesFragmented: socket.framesFragmented,
    framesOverflowed: playOut.overflowed,
    framesCleared: playOut.cleared,
    gapCount: playOut.gapCount,
    longestGapMs: playOut.longestGapMs,
    longestQueueMs: playOut.longestMs,
    textMessages: socket.textMessages,
    dtmfSent: socket.dtmfSent,
    roundTripMs: null,
    interarrivalJitterMs: null,
    ...echo?.figures(),
    ownLatenessMs: lateness && { p99: lateness.p99, max: lateness.max },
    closeCode: close.code,
    closeReason: close.reason,
    closedBy: close.by,
  };
}

/**
 * Half a frame. Round trips count from the moment when a frame was due, so they hold this process's lateness; above this
 * 99th percentile it is nearer to the next frame than to its own, and they say more of this machine than of the application.
 */
export const OWN_LATENESS_LIMIT_MS = FRAME_MS / 2;

/** RFC 6455, 7.4.1: a broken protocol, data or policy, a message too big, an extension missed, an error of the server's. */
const FAULT_CODES: ReadonlySet<number | null> = new Set([1002, 1003, 1007, 1008, 1009, 1010, 1011]);

/** What else is known of how a socket ended. */
export interface SocketEnd {
  /** What was wrong with the connection where it broke. */
  readonly protocolError: string | undefined;
  /** The call was told to break the connection. */
  readonly wasReset: boolean;
  /** It was closed from this side, in the way in which Vonage ends a leg, and not cut. */
  readonly wasHungUp: boolean;
}

/** Says what the figures of a socket show. */
export function judgeSocket(figures: SocketFigures, end: SocketEnd, findings: Findings): void {
  const wasCut = figures.closedBy === 'platform' && !end.wasHungUp;
  // Where the connection was cut from this side, what was under way is lost with it, and that is no other mistake.
  if (figures.expectsEcho && !wasCut && !end.wasReset) judgeEcho(figures, findings);
  if (figures.framesOverflowed > 0 && !wasCut) {
    findings.note(`${frames(figures.framesOverflowed)} found no room in the play-out buffer`, '3.4.6');
  }
  if (!figures.expectsEcho && cameNothing(figures) && figures.framesSent >= FRAMES_PER_SECOND) {
    findings.note(`the application sent nothing at all, while it was sent ${frames(figures.framesSent)}`);
  }
  judgeClose(figures, end, findings);
  if (figures.ownLatenessMs && figures.ownLatenessMs.p99 > OWN_LATENESS_LIMIT_MS) {
    findings.note(
      'this process itself was late with its frames (own lateness): its round trips say little of the application',
    );
  }
}

function judgeEcho(figures: SocketFigures, findings: Findings): void {
  const when = (count: number, problem: string) => count > 0 && findings.problem(`${frames(count)} ${problem}`);
  when(figures.framesMissing, 'did not come back');
  when(figures.framesAltered, 'came back altered');
  when(figures.framesUnexpected, 'came back that were not sent, or more than once');
}

function judgeClose(figures: SocketFigures, { protocolError, wasReset }: SocketEnd, findings: Findings): void {
  const { closedBy, closeCode, closeReason, framesSent, expectsEcho } = figures;
  if (closedBy !== 'application' && closedBy !== 'connection') return;
  const reason = closeReason ? ` (${closeReason})` : '';
  const what = closedBy === 'application' ? 'the application closed the socket' : 'the connection broke';
  const sentence = `${what} with ${closeCode}${reason} after ${frames(framesSent)}`;
  if (wasReset) {
    findings.note(`${sentence}, as it was told to`, '3.6.2');
    return;
  }
  if (protocolError !== undefined && closedBy === 'connection') {
    findings.problem(`the socket broke: ${protocolError}`);
  }
  // An application that ends its calls so may mean it, though Vonage takes it for an accident. With these codes it says itself
  // that something went wrong.
  const isMeant = closedBy === 'application' && !FAULT_CODES.has(closeCode);
  if (expectsEcho || !isMeant) findings.problem(sentence, '3.6.2');
  else findings.note(sentence, '3.6.2');
}

const cameNothing = (figures: SocketFigures): boolean =>
  figures.framesReceived + figures.framesFragmented + figures.framesWrongSize + figures.textMessages === 0;

const frames = (count: number) => `${count} ${count === 1 ? 'frame' : 'frames'}`;
