import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '@kodama/shared/config';
import { configSchema } from './config.ts';

function problemOf(env: Record<string, string>): string {
  try {
    loadConfig('ncco-api', configSchema, { SOCKET_AUTH: 'off', ...env });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems.join('\n');
  }
  return '';
}

describe("ncco-api's configuration", () => {
  it('needs nothing but a decision about the socket', () => {
    assert.throws(() => loadConfig('ncco-api', configSchema, {}), {
      message: /^ncco-api: 1 problem in the environment\n {2}SOCKET_TOKEN_SECRETS: is required unless SOCKET_AUTH is/,
    });
    const { GREETING_TEXT, ...others } = loadConfig('ncco-api', configSchema, { SOCKET_AUTH: 'off' });
    assert.ok(GREETING_TEXT.length > 0);
    assert.deepEqual(others, {
      HOST: '0.0.0.0',
      LOG_LEVEL: 'info',
      PORT: 8080,
      PUBLIC_ORIGIN: undefined,
      TRUST_PROXY: 'loopback, linklocal, uniquelocal',
      GREETING_LANGUAGE: 'en-US',
      GREETING_STYLE: 0,
      SAMPLE_RATE_HZ: 16000,
      HANDLER: 'echo',
      HANDLERS_BY_NUMBER: new Map(),
      REDIS_URL: 'redis://127.0.0.1:6379',
      VONAGE_SIGNATURE_SECRETS: [],
      VONAGE_API_KEYS: [],
      VONAGE_APPLICATION_IDS: [],
      SIGNATURE_WINDOW_SECONDS: 300,
      WEBHOOK_VERIFICATION: undefined,
      SOCKET_AUTH: 'off',
      SOCKET_TOKEN_SECRETS: [],
      SOCKET_TOKEN_TTL_SECONDS: 300,
    });
  });

  it('has a public origin that is one', () => {
    const { PUBLIC_ORIGIN } = loadConfig('ncco-api', configSchema, {
      SOCKET_AUTH: 'off',
      PUBLIC_ORIGIN: 'https://kodama.example.com',
    });
    assert.deepEqual(PUBLIC_ORIGIN, { scheme: 'wss', host: 'kodama.example.com' });
    assert.match(
      problemOf({ PUBLIC_ORIGIN: 'https://u:secret@a/path' }),
      /^PUBLIC_ORIGIN: must be https:\/\/.* \(where/,
    );
    assert.doesNotMatch(problemOf({ PUBLIC_ORIGIN: 'https://u:secret@a/path' }), /secret/);
  });

  it('has one of the three sample rates', () => {
    assert.equal(
      loadConfig('ncco-api', configSchema, { SOCKET_AUTH: 'off', SAMPLE_RATE_HZ: '8000' }).SAMPLE_RATE_HZ,
      8000,
    );
    assert.equal(
      loadConfig('ncco-api', configSchema, { SOCKET_AUTH: 'off', SAMPLE_RATE_HZ: '24000' }).SAMPLE_RATE_HZ,
      24000,
    );
    for (const rate of ['44100', '8000.0', '08000', 'x']) {
      assert.match(problemOf({ SAMPLE_RATE_HZ: rate }), /^SAMPLE_RATE_HZ: must be one of 8000, 16000, 24000/);
    }
  });

  it('has a greeting of 1500 characters, and not 1501', () => {
    assert.equal(problemOf({ GREETING_TEXT: 'x'.repeat(1500) }), '');
    assert.match(problemOf({ GREETING_TEXT: 'x'.repeat(1501) }), /^GREETING_TEXT: must have 1500 characters at most/);
  });

  it('counts SSML as Vonage does: what is between the tags', () => {
    const ssml = (characters: number) => `<speak>${'<break time="1s"/>'.repeat(100)}${'x'.repeat(characters)}</speak>`;
    assert.equal(problemOf({ GREETING_TEXT: ssml(1500) }), '');
    assert.match(problemOf({ GREETING_TEXT: ssml(1501) }), /^GREETING_TEXT: must have 1500 characters at most/);
    assert.match(problemOf({ GREETING_TEXT: `${'<b>'.repeat(500)}x` }), /^GREETING_TEXT: must have/, 'no SSML');
  });

  it('trusts proxies that Express can make sense of', () => {
    assert.equal(problemOf({ TRUST_PROXY: '10.0.0.0/8, loopback' }), '');
    assert.match(problemOf({ TRUST_PROXY: 'everybody' }), /^TRUST_PROXY: must be a comma-separated list/);
  });

  it('has handlers by dialled number', () => {
    const env = { HANDLER: 'recorder', HANDLERS_BY_NUMBER: '12025550123=menu, +12025550124 = delayed-echo' };
    const { HANDLER, HANDLERS_BY_NUMBER } = loadConfig('ncco-api', configSchema, { SOCKET_AUTH: 'off', ...env });
    assert.equal(HANDLER, 'recorder');
    assert.deepEqual(
      [...HANDLERS_BY_NUMBER],
      [
        ['12025550123', 'menu'],
        ['12025550124', 'delayed-echo'],
      ],
    );
    assert.match(problemOf({ HANDLER: 'My Bot' }), /^HANDLER: must be lower-case letters/);
    for (const bad of ['menu', '12025550123', '12025550123=', '12025550123=Menu', '123456=menu', '1=a,', 'x=menu']) {
      assert.match(
        problemOf({ HANDLERS_BY_NUMBER: bad }),
        /^HANDLERS_BY_NUMBER: must be numbers of 7 to 15 digits/,
        bad,
      );
    }
    const twice = { HANDLERS_BY_NUMBER: '14155550177=menu,+14155550177=echo' };
    assert.match(problemOf(twice), /^HANDLERS_BY_NUMBER: names a number twice/);
    assert.doesNotMatch(problemOf(twice), /14155550177/);
  });

  it('is refused with everything that is wrong at once', () => {
    const env = { PORT: 'x', PUBLIC_ORIGIN: 'x', GREETING_LANGUAGE: '!', GREETING_STYLE: '-1', LOG_LEVEL: 'x' };
    assert.equal(problemOf(env).split('\n').length, 5);
  });
});
