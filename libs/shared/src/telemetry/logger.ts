import { type DestinationStream, type Logger, pino } from 'pino';
import { callTraceIds } from './call-trace.ts';
import { linesTogether } from './lines-together.ts';

export type { Logger };

/**
 * A service's logger: one JSON object a line on stdout. Callers' numbers, tokens and payloads are never handed to it; of an
 * error, which may have anything on it, it takes what {@link serializeError} says.
 *
 * @param level pino's, e.g. `info`
 */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializeError },
  };
  return pino(options, destination ?? stdout());
}

/** Lines that may wait for whoever reads the log, bytes: what comes while it stands still is left out beyond them. */
const MAX_UNREAD_BYTES = 16 * 1024 ** 2;

let shared: DestinationStream | undefined;

/** One for all loggers of the process: what the last turn has left goes out at the exit. */
function stdout(): DestinationStream {
  if (shared !== undefined) return shared;
  const soon = pino.destination({ dest: 1, sync: false, maxLength: MAX_UNREAD_BYTES });
  const now = pino.destination({ dest: 1, sync: true });
  const lines = linesTogether({
    write: (text) => soon.write(text),
    writeNow: (text) => {
      soon.flushSync();
      if (text !== '') now.write(text);
    },
  });
  process.once('exit', lines.flushSync);
  shared = lines;
  return lines;
}

/** Causes that are followed: more than there are in practice, and an end where an error is its own cause. */
const MAX_CAUSES = 5;

/**
 * What is logged of an error, and no other property: a client's error may carry the command that failed, and that a
 * password (ioredis: `command.args` of the AUTH).
 */
function serializeError(error: unknown): unknown {
  return described(error, { withStack: true, causes: MAX_CAUSES });
}

/** The same without its stack, which is of no use where somebody foresaw the failure, and long: under another name than `err`. */
export function inShort(error: unknown): unknown {
  return described(error, { withStack: false, causes: MAX_CAUSES });
}

function described(error: unknown, { withStack, causes }: { withStack: boolean; causes: number }): unknown {
  if (!(error instanceof Error)) return Object(error) === error ? typeof error : String(error);
  const { message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message,
    ...(typeof code === 'string' && { code }),
    ...(withStack && { stack }),
    ...(cause !== undefined && causes > 0 && { cause: described(cause, { withStack, causes: causes - 1 }) }),
  };
}

/** The ids that every line about a call carries; with `traceId` the line and the trace find each other. */
export function callFields(call: { conversationUuid?: string | undefined; legUuid?: string | undefined }) {
  return {
    conversationUuid: call.conversationUuid,
    legUuid: call.legUuid,
    traceId: callTraceIds(call.conversationUuid)?.traceId,
  };
}
