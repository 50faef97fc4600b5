/** Who ended a leg: Vonage with a close frame, this gateway, or nobody (the connection broke: close code 1006). */
export type ClosedBy = 'peer' | 'gateway' | 'network';

/**
 * One leg's figures at one moment: what is kept in Redis and shown by `GET /calls`. Every number has its unit in its name.
 */
export interface LegRecord {
  /** Made here, one a socket: a call can have a second socket with the same ids. */
  readonly socketId: string;
  readonly conversationUuid: string | null;
  readonly legUuid: string | null;
  readonly traceId: string | null;
  readonly gatewayId: string;
  /** Who had the call; `null` for a leg that never got so far. */
  readonly handler: string | null;
  readonly state: 'live' | 'ended';
  readonly sampleRateHz: number | null;
  /** ISO 8601, UTC, as all times here. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly durationMs: number;
  readonly framesIn: number;
  readonly framesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesWrongSize: number;
  readonly framesDropped: number;
  readonly framesShed: number;
  readonly framesLate: number;
  readonly gapCount: number;
  readonly longestGapMs: number;
  readonly interarrivalJitterMs: number;
  /** From a frame's arrival in this process to the moment in which the handler was done with it; for an echo, it had left. */
  readonly turnaroundP50Us: number;
  readonly turnaroundP99Us: number;
  readonly turnaroundMaxUs: number;
  readonly framesUnhandled: number;
  readonly handlerErrorCount: number;
  readonly handlerSlowCount: number;
  readonly handlerMaxMs: number;
  readonly dtmfDigitCount: number;
  readonly closeCode: number | null;
  readonly closeReason: string | null;
  readonly closedBy: ClosedBy | null;
}

/** The part of a live leg's record that changes: what the write of each second carries. */
export type LiveFigures = Pick<
  LegRecord,
  | 'socketId'
  | 'durationMs'
  | 'framesIn'
  | 'framesOut'
  | 'bytesIn'
  | 'bytesOut'
  | 'framesWrongSize'
  | 'framesDropped'
  | 'framesShed'
  | 'framesLate'
  | 'gapCount'
  | 'longestGapMs'
  | 'interarrivalJitterMs'
  | 'turnaroundP50Us'
  | 'turnaroundP99Us'
  | 'turnaroundMaxUs'
  | 'framesUnhandled'
  | 'handlerErrorCount'
  | 'handlerSlowCount'
  | 'handlerMaxMs'
  | 'dtmfDigitCount'
>;

/** The call that a leg belongs to: its conversation, or, where it came without one, its leg or its socket alone. */
export function callKeyOf(leg: Pick<LegRecord, 'conversationUuid' | 'legUuid' | 'socketId'>): string {
  return leg.conversationUuid ?? leg.legUuid ?? leg.socketId;
}
