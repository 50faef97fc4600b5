import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { CallIdGenerator } from '../telemetry/call-trace.ts';

export type { ReadableSpan };

export interface RecordedSpans {
  /** The spans that ended since the last `reset`, in that order. */
  ended(): readonly ReadableSpan[];
  reset(): void;
}

/** Turns tracing on for this process, with our ids, into memory. Once a test file, before any tracer is asked for. */
export function recordSpans(): RecordedSpans {
  const exporter = new InMemorySpanExporter();
  new NodeSDK({
    autoDetectResources: false,
    idGenerator: new CallIdGenerator(),
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  }).start();
  return { ended: () => exporter.getFinishedSpans(), reset: () => exporter.reset() };
}
