import {
  type Context,
  context,
  createContextKey,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';

/**
 * One call is one trace. Its ids come out of the conversation's id alone, so every service finds the same trace and the
 * same root with nothing shared between them, and whoever has the `CON-…` id can open the trace.
 */
export interface CallTraceIds {
  /** The 32 hex digits of the conversation's UUID. */
  readonly traceId: string;
  /** Span id of the call's root: the last 16 of the same digits. */
  readonly rootSpanId: string;
}

const UUID = /(?<![0-9a-f])([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})(?![0-9a-f])/i;

/** `undefined` for an id with no UUID in it, and for one whose digits W3C Trace Context forbids as ids (all zeros). */
export function callTraceIds(conversationUuid: string | undefined): CallTraceIds | undefined {
  const uuid = conversationUuid === undefined ? null : UUID.exec(conversationUuid);
  if (!uuid) return undefined;
  const traceId = uuid.slice(1).join('').toLowerCase();
  const rootSpanId = traceId.slice(16);
  return /^0+$/.test(rootSpanId) ? undefined : { traceId, rootSpanId };
}

const ROOT_IDS = createContextKey('kodama.call-root-ids');

/** Random ids, but for the root of a call, whose ids are given: see {@link startCallRoot}. */
export class CallIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();

  generateTraceId(): string {
    return rootIds()?.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return rootIds()?.rootSpanId ?? this.#random.generateSpanId();
  }
}

function rootIds(): CallTraceIds | undefined {
  return context.active().getValue(ROOT_IDS) as CallTraceIds | undefined;
}

/**
 * Starts the root span of a call. Only one service may end (and so export) it: ncco-api, which meets each call first.
 * The sampler decides about it as about any root.
 */
export function startCallRoot(tracer: Tracer, ids: CallTraceIds, name: string, options: SpanOptions = {}): Span {
  return context.with(ROOT_CONTEXT.setValue(ROOT_IDS, ids), () => tracer.startSpan(name, { ...options, root: true }));
}

/**
 * The context in which a service's own spans become children of the call's root, or `undefined` where the conversation
 * has no trace of its own (no UUID in its id, or tracing is off): an ordinary trace then.
 *
 * Whether the call is sampled is asked of the sampler itself, with a root span that is thrown away: so a ratio, which
 * depends on nothing but the trace id, comes out the same in every service.
 */
export function callContext(tracer: Tracer, conversationUuid: string | undefined): Context | undefined {
  const ids = callTraceIds(conversationUuid);
  if (!ids) return undefined;
  const { traceFlags, ...probe } = startCallRoot(tracer, ids, 'call').spanContext();
  if (!isSpanContextValid({ traceFlags, ...probe })) return undefined;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: ids.traceId,
    spanId: ids.rootSpanId,
    traceFlags,
    isRemote: true,
  });
}
