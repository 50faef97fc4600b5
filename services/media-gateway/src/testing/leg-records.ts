import { randomUUID } from 'node:crypto';
import type { LegRecord, LiveFigures } from '../metrics/leg-record.ts';

/** A leg that has just opened. */
export function openedLeg(fields: Partial<LegRecord> = {}): LegRecord {
  return {
    socketId: randomUUID(),
    conversationUuid: `CON-${randomUUID()}`,
    legUuid: randomUUID(),
    traceId: null,
    gatewayId: 'gateway-1',
    handler: 'echo',
    state: 'live',
    sampleRateHz: 16000,
    startedAt: new Date().toISOString(),
    endedAt: null,
    durationMs: 4,
    framesIn: 0,
    framesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    framesWrongSize: 0,
    framesDropped: 0,
    framesShed: 0,
    framesLate: 0,
    gapCount: 0,
    longestGapMs: 0,
    interarrivalJitterMs: 0,
    turnaroundP50Us: 0,
    turnaroundP99Us: 0,
    turnaroundMaxUs: 0,
    framesUnhandled: 0,
    handlerErrorCount: 0,
    handlerSlowCount: 0,
    handlerMaxMs: 0,
    dtmfDigitCount: 0,
    closeCode: null,
    closeReason: null,
    closedBy: null,
    ...fields,
  };
}

/** The same leg's figures some time later, each one different from all others. */
export function figuresOf({ socketId }: LegRecord, framesIn = 152): LiveFigures {
  return {
    socketId,
    durationMs: 3040,
    framesIn,
    framesOut: framesIn - 2,
    bytesIn: framesIn * 640,
    bytesOut: (framesIn - 2) * 640,
    framesWrongSize: 1,
    framesDropped: 2,
    framesShed: 5,
    framesLate: 6,
    gapCount: 3,
    longestGapMs: 81.25,
    interarrivalJitterMs: 0.125,
    turnaroundP50Us: 11.5,
    turnaroundP99Us: 60.25,
    turnaroundMaxUs: 412.75,
    framesUnhandled: 7,
    handlerErrorCount: 8,
    handlerSlowCount: 9,
    handlerMaxMs: 12.5,
    dtmfDigitCount: 4,
  };
}

/** The same leg when it is over. */
export function endedLeg(opened: LegRecord, fields: Partial<LegRecord> = {}): LegRecord {
  return {
    ...opened,
    ...figuresOf(opened, 250),
    state: 'ended',
    endedAt: new Date(Date.parse(opened.startedAt) + 5000).toISOString(),
    durationMs: 5000,
    closeCode: 1000,
    closeReason: null,
    closedBy: 'peer',
    ...fields,
  };
}
