// Loaded before the service itself: node --import @kodama/shared/telemetry/instrument dist/main.js
import { createRequire } from 'node:module';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { withDeadline } from '../time/deadline.ts';
import { CallIdGenerator } from './call-trace.ts';

// Everything is configured by the standard OTEL_* variables. There are few counters and no OpenTelemetry logs here, so their
// exporters, which the SDK would start as well, are off unless somebody asks for them.
process.env.OTEL_METRICS_EXPORTER ||= 'none';
process.env.OTEL_LOGS_EXPORTER ||= 'none';
// Half the time of the default, protobuf, whose writer is in JavaScript (docs/performance.md).
process.env.OTEL_EXPORTER_OTLP_PROTOCOL ||= 'http/json';

const sdk = new NodeSDK({
  idGenerator: new CallIdGenerator(),
  instrumentations: [
    // The once-a-second flush of all live calls has no parent, and so no spans; what a call's own writes cost is seen.
    new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
  ],
});
sdk.start();

// ioredis is CommonJS: required once here, it is patched in place, for `import` as well, and no loader hook (a thread of its
// own) is needed.
createRequire(import.meta.url)('ioredis');

/** Time that the last spans are given to get out, ms. */
const SHUTDOWN_TIMEOUT_MS = 2000;

/** Sends what is still waiting and stops. To be called last: spans that end later are lost. */
export async function shutdownTelemetry(): Promise<void> {
  // A trace viewer that is away must not make a clean stop look like a failed one: its spans are lost, and that is all. The
  // exporter itself would go on trying for ten seconds, which is longer than a stop may take.
  await withDeadline(sdk.shutdown(), SHUTDOWN_TIMEOUT_MS).catch(() => {});
}
