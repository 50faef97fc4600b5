import { type Arrival, attributes, callTraceIds, startCallRoot } from '@kodama/shared/telemetry';
import type { CallIdentity } from '@kodama/shared/voice';
import type { Tracer } from '@opentelemetry/api';
import type { Response } from 'express';

/** Calls that are remembered. A second answer webhook of a call comes within seconds, so this is thousands of calls a second. */
const DEFAULT_CAPACITY = 10_000;

/**
 * The root spans of calls, which are made here and nowhere else: ncco-api meets each call first. A root lasts as long as
 * the answer, so it is exported at once, and not lost should a call, or a service, end badly.
 *
 * Vonage asks again after a failure, maybe at its fallback URL; a trace with two roots would be broken. So the latest calls
 * are remembered. Only the tidiness of traces depends on that.
 */
export class CallRoots {
  readonly #tracer: Tracer;
  readonly #capacity: number;
  /** Trace ids, oldest first. */
  readonly #seen = new Set<string>();

  constructor(tracer: Tracer, capacity = DEFAULT_CAPACITY) {
    this.#tracer = tracer;
    this.#capacity = capacity;
  }

  /** Makes the root span of the call, unless it has one, from the request's arrival to the end of the response. */
  follow({ conversationUuid, legUuid }: CallIdentity, arrival: Arrival, res: Response): void {
    const ids = callTraceIds(conversationUuid);
    if (!ids || this.#seen.has(ids.traceId)) return;
    this.#seen.add(ids.traceId);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= this.#capacity) break;
      this.#seen.delete(oldest);
    }
    const span = startCallRoot(this.#tracer, ids, 'call', {
      startTime: arrival.epochMs,
      attributes: {
        [attributes.conversationUuid]: conversationUuid,
        [attributes.legUuid]: legUuid,
      },
    });
    res.once('close', () => span.end(arrival.epochMs + arrival.elapsedMs()));
  }
}
