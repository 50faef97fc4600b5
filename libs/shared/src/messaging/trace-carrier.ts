import { type Context, context, propagation, type TextMapSetter } from '@opentelemetry/api';

/** What a trace is written into: NATS's message headers, and any that are set as those are. */
export interface TraceCarrier {
  set(key: string, value: string): void;
}

const setter: TextMapSetter<TraceCarrier> = {
  set: (carrier, key, value) => carrier.set(key, value),
};

/** Writes the trace that is under way into a message's headers, as W3C `traceparent` and `tracestate`. */
export function injectTrace(carrier: TraceCarrier, from: Context = context.active()): void {
  propagation.inject(from, carrier, setter);
}
