// Loaded before main.ts. The OpenTelemetry SDK would send traces to localhost:4318 unasked; here nobody listens there
// unless somebody says so.
if (!process.env.OTEL_EXPORTER_OTLP_ENDPOINT && !process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) {
  process.env.OTEL_TRACES_EXPORTER ||= 'none';
}
process.env.OTEL_SERVICE_NAME ||= 'kodama-standalone';
await import('@kodama/shared/telemetry/instrument');
