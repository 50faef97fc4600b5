import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greeting } from './greeting.ts';

const usual = {
  origin: 'http://127.0.0.1:8080',
  operatorOrigin: 'http://127.0.0.1:8081',
  tracesTo: undefined,
  isVerified: false,
};

test('says what is embedded, that nothing is kept, and where to go', () => {
  const text = greeting(usual);
  assert.match(text, /embedded +events .+ in place of NATS JetStream/);
  assert.match(text, /embedded +metrics .+ in place of Redis/);
  assert.match(text, /off +traces .+ OTEL_EXPORTER_OTLP_ENDPOINT/);
  assert.match(text, /Nothing is kept/);
  assert.match(text, /http:\/\/127\.0\.0\.1:8080\/ncco/);
  assert.match(text, /http:\/\/127\.0\.0\.1:8081\/api\/calls/);
});

test('says how to call it, where it is not where calls go of themselves', () => {
  assert.match(greeting(usual), /another terminal: npm run call\n/);
  const elsewhere = greeting({ ...usual, origin: 'http://127.0.0.1:8090' });
  assert.match(elsewhere, /another terminal: npm run call -- --url http:\/\/127\.0\.0\.1:8090\n/);
});

test('says where traces go when they go somewhere', () => {
  const text = greeting({ ...usual, tracesTo: 'http://jaeger:4318' });
  assert.match(text, /traces +sent to http:\/\/jaeger:4318/);
});

test('says whether anybody can send webhooks', () => {
  assert.match(greeting(usual), /open +webhooks +not verified: set VONAGE_SIGNATURE_SECRETS/);
  assert.match(greeting({ ...usual, isVerified: true }), /^ +webhooks +verified$/m);
});
