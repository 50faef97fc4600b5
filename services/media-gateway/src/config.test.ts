import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '@kodama/shared/config';
import { configSchema } from './config.ts';
import { gatewayIdOf } from './gateway.ts';

const load = (env: Record<string, string>) =>
  loadConfig('media-gateway', configSchema(), { SOCKET_AUTH: 'off', ...env });

describe('the configuration of media-gateway', () => {
  it('needs nothing but a decision about the socket', () => {
    assert.throws(() => load({ SOCKET_AUTH: '' }), {
      message:
        /^media-gateway: 1 problem in the environment\n {2}SOCKET_TOKEN_SECRETS: is required unless SOCKET_AUTH is/,
    });
    assert.throws(() => load({ SOCKET_AUTH: 'vonage' }), {
      message: /VONAGE_SIGNATURE_SECRETS: is required where SOCKET_AUTH is vonage/,
    });
    const config = load({});
    assert.equal(config.PORT, 8080);
    assert.equal(config.REDIS_URL, 'redis://127.0.0.1:6379');
    assert.equal(config.GATEWAY_ID, hostname());
    assert.equal(config.CALL_RETENTION_SECONDS, 86_400);
  });

  for (const [name, good, bad] of [
    ['REDIS_URL', ['redis://redis:6379', 'rediss://user:pw@example.com/1'], ['redis:6379', 'http://redis', 'redis']],
    ['GATEWAY_ID', ['g', 'gateway-1.a_b', 'x'.repeat(64)], ['a b', 'a:b', 'ä', 'x'.repeat(65)]],
    ['MAX_LIVE_CALLS', ['1', '100000'], ['0', '100001', '-1', '1.5', 'many', '1e3']],
    ['FIRST_MESSAGE_TIMEOUT_MS', ['100', '600000'], ['99', '600001']],
    ['SILENCE_TIMEOUT_MS', ['100', '3600000'], ['99', '3600001']],
    ['MAX_BUFFERED_BYTES', ['1000', '10000000'], ['999', '10000001']],
    ['GAP_THRESHOLD_MS', ['20', '60000'], ['19', '60001']],
    ['METRICS_FLUSH_INTERVAL_MS', ['50', '4999'], ['49', '60001']],
    ['LEASE_MS', ['1001', '600000'], ['99', '600001']],
    ['CALL_RETENTION_SECONDS', ['1', '31536000'], ['0', '31536001']],
    ['DRAIN_TIMEOUT_MS', ['0', '7200000'], ['-1', '7200001']],
  ] as const) {
    it(`takes ${name} within its bounds and nothing else`, () => {
      for (const value of good) assert.equal(String(load({ [name]: value })[name]), value);
      for (const value of bad) {
        assert.throws(
          () => load({ [name]: value }),
          (error) =>
            error instanceof ConfigError && error.problems.some((problem) => problem.startsWith(`${name}: must be`)),
          value,
        );
      }
    });
  }

  it('says of every bad variable what is wrong, and repeats no value', () => {
    assert.throws(
      () => load({ REDIS_URL: 'http://:secret@redis', PORT: '70000', LEASE_MS: 'long' }),
      (error: ConfigError) =>
        error.message.startsWith('media-gateway: 3 problems') && !/secret|70000|long\b.*long/.test(error.message),
    );
  });

  it('refuses a lease that runs out between two writes', () => {
    assert.throws(
      () => load({ METRICS_FLUSH_INTERVAL_MS: '5000' }),
      (error: ConfigError) => /LEASE_MS: must be longer than METRICS_FLUSH_INTERVAL_MS/.test(error.message),
    );
    assert.equal(load({ METRICS_FLUSH_INTERVAL_MS: '5000', LEASE_MS: '5001' }).LEASE_MS, 5001);
  });
});

describe('the id of a gateway', () => {
  it('is the configured name and something that no other process of that name has', () => {
    const ids = Array.from({ length: 100 }, () => gatewayIdOf({ GATEWAY_ID: 'gateway-1' }));
    for (const id of ids) assert.match(id, /^gateway-1-[0-9a-f]{6}$/);
    assert.equal(new Set(ids).size, ids.length);
  });
});
