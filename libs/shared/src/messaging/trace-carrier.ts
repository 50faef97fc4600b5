import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';

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

/** What a trace is read from: NATS's message headers, and any that are read as those are. */
export interface TraceSource {
  keys(): string[];
  /** Empty where there is none. */
  get(key: string): string;
}

const getter: TextMapGetter<TraceSource> = {
  keys: (source) => source.keys(),
  get: (source, key) => source.get(key) || undefined,
};

/** The trace that {@link injectTrace} wrote into a message's headers: the context that its consumer goes on in. */
export function extractTrace(source: TraceSource): Context {
  return propagation.extract(ROOT_CONTEXT, source, getter);
}
