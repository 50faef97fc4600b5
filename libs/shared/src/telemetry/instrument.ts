// Loaded before the service itself: node --import @kodama/shared/telemetry/instrument dist/main.js
import { createRequire } from 'node:module';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { withDeadline } from '../time/deadline.ts';
import { CallIdGenerator } from './call-trace.ts';

// Everything is configured by the standard OTEL_* variables. There are no OpenTelemetry metrics or logs here, so their
// exporters, which the SDK would start as well, are off unless somebody asks for them.
process.env.OTEL_METRICS_EXPORTER ??= 'none';
process.env.OTEL_LOGS_EXPORTER ??= 'none';

/**
 * Paths that the HTTP instrumentation leaves alone. A webhook's parent is in its body, which is read long after that
 * instrumentation has started its span, in a trace of its own: `webhook-span.ts` makes those spans. Probes are noise.
 */
const WITHOUT_HTTP_SPAN = /^\/(ncco|webhooks\/|healthz|readyz)/;

const sdk = new NodeSDK({
  idGenerator: new CallIdGenerator(),
  instrumentations: [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: (request) => WITHOUT_HTTP_SPAN.test(request.url ?? ''),
      disableOutgoingRequestInstrumentation: true,
    }),
    new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER] }),
    // The once-a-second flush of all live calls has no parent, and so no spans; what a call's own writes cost is seen.
    new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
  ],
});
sdk.start();

// express and ioredis are CommonJS: required once here, they are patched in place, for `import` as well, and no loader
// hook (a thread of its own) is needed. Only the gateway has ioredis.
const require = createRequire(import.meta.url);
for (const name of ['express', 'ioredis']) if (isInstalled(name)) require(name);

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Time that the last spans are given to get out, ms. */
const SHUTDOWN_TIMEOUT_MS = 2000;

/** Sends what is still waiting and stops. To be called last: spans that end later are lost. */
export async function shutdownTelemetry(): Promise<void> {
  // A trace viewer that is away must not make a clean stop look like a failed one: its spans are lost, and that is all. The
  // exporter itself would go on trying for ten seconds, which is longer than a stop may take.
  await withDeadline(sdk.shutdown(), SHUTDOWN_TIMEOUT_MS).catch(() => {});
}
