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
      NATS_URL: ['nats://127.0.0.1:4222'],
      PUBLISH_TIMEOUT_MS: 2000,
      EVENTS_STREAM: 'CALLS',
      EVENTS_MAX_AGE_HOURS: 168,
      EVENTS_MAX_BYTES: 1_073_741_824,
      EVENTS_DUPLICATE_WINDOW_SECONDS: 600,
      EVENTS_REPLICAS: 1,
      VONAGE_SIGNATURE_SECRETS: [],
      VONAGE_API_KEYS: [],
      VONAGE_APPLICATION_IDS: [],
      SIGNATURE_WINDOW_SECONDS: 300,
      WEBHOOK_VERIFICATION: undefined,
      EVENTS_MAX_DELIVERIES: 5,
      REDIS_URL: 'redis://127.0.0.1:6379',
      CALL_RETENTION_SECONDS: 86_400,
    });
  });

  it('knows an event again for as long as its token is good', () => {
    const signed = { VONAGE_SIGNATURE_SECRETS: 'secret-one', SIGNATURE_WINDOW_SECONDS: '301' };
    for (const WEBHOOK_VERIFICATION of ['', 'signature', 'signature+hash']) {
      const env = { ...signed, WEBHOOK_VERIFICATION, EVENTS_DUPLICATE_WINDOW_SECONDS: '601' };
      assert.match(
        problemsOf(env).join(),
        /^EVENTS_DUPLICATE_WINDOW_SECONDS: must be twice SIGNATURE_WINDOW_SECONDS at least/,
      );
      assert.deepEqual(problemsOf({ ...env, EVENTS_DUPLICATE_WINDOW_SECONDS: '602' }), []);
    }
  });

  it('knows an event again for any time where webhooks have no token', () => {
    const env = { SIGNATURE_WINDOW_SECONDS: '1800', EVENTS_DUPLICATE_WINDOW_SECONDS: '1' };
    assert.deepEqual(problemsOf(env), []);
    const off = { VONAGE_SIGNATURE_SECRETS: 'secret-one', WEBHOOK_VERIFICATION: 'off' };
    assert.deepEqual(problemsOf({ ...env, ...off }), []);
    assert.match(problemsOf({ EVENTS_DUPLICATE_WINDOW_SECONDS: '0' }).join(), /must be a whole number from 1 to 3600/);
  });

  it('has a user and a password that can be read, for NATS and for Redis', () => {
    const [redis = '', nats = '', ...more] = problemsOf({
      NATS_URL: 'nats://u:%zzhunter2@a,nats://u:%zzhunter2@b',
      REDIS_URL: 'redis://u:%zzhunter2@a:6379',
    }).toSorted((a, b) => b.localeCompare(a));
    assert.match(redis, /^REDIS_URL: must have its user and password percent-encoded: a percent sign is %25 \(where/);
    assert.match(nats, /^NATS_URL: must have its user and password percent-encoded: a percent sign is %25 \(NATS/);
    assert.doesNotMatch(redis + nats, /hunter2/);
    assert.deepEqual(more, []);
  });

  it('gives an acknowledgement 2.5 seconds at most, so that a refusal is out within three', () => {
    assert.deepEqual(problemsOf({ PUBLISH_TIMEOUT_MS: '2500' }), []);
    assert.match(problemsOf({ PUBLISH_TIMEOUT_MS: '2501' })[0] ?? '', /whole number from 100 to 2500/);
  });

  it('takes the servers of a cluster, each of which has to be one', () => {
    const servers = 'tls://kodama:hunter2@a.example:4222, tls://kodama:hunter2@b.example';
    assert.deepEqual(loadConfig('events', configSchema, { NATS_URL: servers }).NATS_URL, servers.split(', '));
    for (const NATS_URL of ['nats://a,', 'nats://a,b', 'nats://a,http://hunter2@b', ',', 'nats://a,,nats://b']) {
      const [problem = '', ...more] = problemsOf({ NATS_URL });
      assert.match(problem, /^NATS_URL: must be URLs, with commas between, .* \(NATS with JetStream/, NATS_URL);
      assert.doesNotMatch(problem, /hunter2/);
      assert.deepEqual(more, []);
    }
  });

  it('has one user for all servers: a cluster has one set of accounts', () => {
    for (const NATS_URL of ['nats://u:hunter2@a,nats://b', 'nats://u:hunter2@a,nats://u:other@b', 'nats://a,tls://b']) {
      const [problem = ''] = problemsOf({ NATS_URL });
      assert.match(problem, /^NATS_URL: must have the same scheme, user and password in each/, NATS_URL);
      assert.doesNotMatch(problem, /hunter2|other/);
    }
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
