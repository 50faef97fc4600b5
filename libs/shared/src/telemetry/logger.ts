import { type Logger, pino } from 'pino';
import { callTraceIds } from './call-trace.ts';

export type { Logger };

/**
 * A service's logger: one JSON object a line on stdout. Fields about a person (`pii.*`) are dropped here, whatever wrote
 * them; tokens and payloads are never handed to it in the first place.
 *
 * @param level pino's, e.g. `info`
 */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['pii', '*.pii', '*.authorization', '*.cookie'], remove: true },
  });
}

/** The ids that every line about a call carries; with `traceId` the line and the trace find each other. */
export function callFields(call: { conversationUuid?: string | undefined; legUuid?: string | undefined }) {
  return {
    conversationUuid: call.conversationUuid,
    legUuid: call.legUuid,
    traceId: callTraceIds(call.conversationUuid)?.traceId,
  };
}
