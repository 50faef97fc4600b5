import { attributes, callContext } from '@kodama/shared/telemetry';
import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { LegRecord } from '../metrics/leg-record.ts';

/**
 * The spans of legs. A span is seen only once it has ended, so a leg has two: `leg opened`, short, which shows while the
 * call still lasts and survives a crash of the gateway; and `leg`, as long as the leg was, with its totals. Both are
 * children of the call's root. In a call without a trace of its own, `leg opened` is the root.
 *
 * No span object is kept while a leg lasts: it would be the largest thing that an idle call holds.
 */
export class LegTracing {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /**
   * @param write the first record's way into the store, traced as a child
   * @returns what `ended` needs to find the same trace again, where the record alone does not lead there
   */
  opened(record: LegRecord, write: () => Promise<void>): SpanContext | undefined {
    const parent = this.#callContext(record);
    const span = this.#tracer.startSpan('leg opened', options(record, identity(record)), parent ?? ROOT_CONTEXT);
    void context.with(trace.setSpan(parent ?? ROOT_CONTEXT, span), write).finally(() => span.end());
    return parent ? undefined : span.spanContext();
  }

  /**
   * @param write the last record's way into the store, traced as a child
   * @param openedSpan what `opened` returned
   */
  async ended(record: LegRecord, write: () => Promise<void>, openedSpan: SpanContext | undefined): Promise<void> {
    const ordinary = openedSpan ? trace.setSpanContext(ROOT_CONTEXT, openedSpan) : ROOT_CONTEXT;
    const parent = this.#callContext(record) ?? ordinary;
    const span = this.#tracer.startSpan('leg', options(record, { ...identity(record), ...totals(record) }), parent);
    // Ended as of the leg's end, which the write must not lengthen: it comes after it.
    span.end(startOf(record) + record.durationMs);
    await context.with(trace.setSpan(parent, span), write);
  }

  #callContext(record: LegRecord): Context | undefined {
    return callContext(this.#tracer, record.conversationUuid ?? undefined);
  }
}

function options(record: LegRecord, attributes: Attributes): SpanOptions {
  const startTime = record.state === 'ended' ? { startTime: startOf(record) } : {};
  return { kind: SpanKind.SERVER, attributes, ...startTime };
}

function startOf(record: LegRecord): number {
  return Date.parse(record.startedAt);
}

function identity(record: LegRecord): Attributes {
  return {
    ...(record.conversationUuid !== null && { [attributes.conversationUuid]: record.conversationUuid }),
    ...(record.legUuid !== null && { [attributes.legUuid]: record.legUuid }),
    [attributes.socketId]: record.socketId,
    [attributes.gatewayId]: record.gatewayId,
    ...(record.handler !== null && { [attributes.handler]: record.handler }),
    ...(record.sampleRateHz !== null && { [attributes.sampleRateHz]: record.sampleRateHz }),
  };
}

function totals(record: LegRecord): Attributes {
  return {
    [attributes.framesIn]: record.framesIn,
    [attributes.framesOut]: record.framesOut,
    [attributes.framesWrongSize]: record.framesWrongSize,
    [attributes.framesDropped]: record.framesDropped,
    [attributes.framesShed]: record.framesShed,
    [attributes.framesLate]: record.framesLate,
    [attributes.gapCount]: record.gapCount,
    [attributes.longestGapMs]: record.longestGapMs,
    [attributes.interarrivalJitterMs]: record.interarrivalJitterMs,
    [attributes.turnaroundP99Us]: record.turnaroundP99Us,
    [attributes.framesUnhandled]: record.framesUnhandled,
    [attributes.handlerErrorCount]: record.handlerErrorCount,
    [attributes.handlerSlowCount]: record.handlerSlowCount,
    [attributes.handlerMaxMs]: record.handlerMaxMs,
    [attributes.dtmfDigitCount]: record.dtmfDigitCount,
    ...(record.closeCode !== null && { [attributes.closeCode]: record.closeCode }),
    ...(record.closedBy !== null && { [attributes.closedBy]: record.closedBy }),
  };
}
