import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greeting } from './greeting.ts';

test('says what is embedded, that nothing is kept, and where to go', () => {
  const text = greeting('http://127.0.0.1:8080', 'http://127.0.0.1:8081', undefined);
  assert.match(text, /embedded +events .+ in place of NATS JetStream/);
  assert.match(text, /embedded +metrics .+ in place of Redis/);
  assert.match(text, /off +traces .+ OTEL_EXPORTER_OTLP_ENDPOINT/);
  assert.match(text, /Nothing is kept/);
  assert.match(text, /http:\/\/127\.0\.0\.1:8080\/ncco/);
  assert.match(text, /http:\/\/127\.0\.0\.1:8081\/api\/calls/);
});

test('says where traces go when they go somewhere', () => {
  assert.match(
    greeting('http://127.0.0.1:8080', 'http://127.0.0.1:8081', 'http://jaeger:4318'),
    /traces +sent to http:\/\/jaeger:4318/,
  );
});
