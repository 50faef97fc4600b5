import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '@kodama/shared/config';
import { configSchema } from './config.ts';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig('events', configSchema, env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

describe("events' configuration", () => {
  it('needs nothing', () => {
    assert.deepEqual(loadConfig('events', configSchema, {}), {
      HOST: '0.0.0.0',
      LOG_LEVEL: 'info',
      PORT: 8080,
      NATS_URL: 'nats://127.0.0.1:4222',
      PUBLISH_TIMEOUT_MS: 2000,
      EVENTS_STREAM: 'CALLS',
      EVENTS_MAX_AGE_HOURS: 168,
      EVENTS_MAX_BYTES: 1_073_741_824,
      EVENTS_DUPLICATE_WINDOW_SECONDS: 600,
      EVENTS_REPLICAS: 1,
    });
  });

  it('gives an acknowledgement 2.5 seconds at most, so that a refusal is out within three', () => {
    assert.deepEqual(problemsOf({ PUBLISH_TIMEOUT_MS: '2500' }), []);
    assert.match(problemsOf({ PUBLISH_TIMEOUT_MS: '2501' })[0] ?? '', /whole number from 100 to 2500/);
  });

  it('names a stream as NATS can have it', () => {
    for (const name of ['a.b', 'a b', '*', '>', 'a/b', 'x'.repeat(65)]) {
      assert.match(problemsOf({ EVENTS_STREAM: name })[0] ?? '', /^EVENTS_STREAM: must be/);
    }
  });

  it('is refused with everything that is wrong at once', () => {
    const env = { NATS_URL: 'http://a', EVENTS_REPLICAS: '6', EVENTS_MAX_AGE_HOURS: '0', EVENTS_MAX_BYTES: '1' };
    assert.equal(problemsOf(env).length, 4);
  });
});
