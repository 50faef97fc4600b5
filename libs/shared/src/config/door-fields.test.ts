import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import {
  socketFields,
  socketSecretIsThere,
  vonageTokenRules,
  webhookFields,
  webhookRules,
  webhookSecretIsThere,
} from './door-fields.ts';
import { loadConfig } from './load-config.ts';

const schema = z.object({ ...webhookFields, ...socketFields }).superRefine((config, context) => {
  webhookSecretIsThere(config, context);
  socketSecretIsThere(config, context);
});
const load = (env: Record<string, string>) => loadConfig('events', schema, { SOCKET_AUTH: 'off', ...env });

describe('the verification of webhooks', () => {
  it('is off where there is no secret', () => {
    assert.equal(webhookRules(load({})), undefined);
  });

  it('is of signature and hash as soon as there is one', () => {
    assert.deepEqual(webhookRules(load({ VONAGE_SIGNATURE_SECRETS: 'secret-one, secret-two' })), {
      mode: 'signature+hash',
      secrets: ['secret-one', 'secret-two'],
      apiKeys: [],
      applicationIds: [],
      windowSeconds: 300,
    });
  });

  it('is what it is set to', () => {
    const secret = { VONAGE_SIGNATURE_SECRETS: 'secret-one' };
    assert.equal(webhookRules(load({ ...secret, WEBHOOK_VERIFICATION: 'signature' }))?.mode, 'signature');
    assert.equal(webhookRules(load({ ...secret, WEBHOOK_VERIFICATION: 'off' })), undefined);
  });

  it('is of the accounts and applications that are named', () => {
    const env = { VONAGE_API_KEYS: 'k1, k2', VONAGE_APPLICATION_IDS: 'a1', SIGNATURE_WINDOW_SECONDS: '60' };
    const { apiKeys, applicationIds, windowSeconds } = vonageTokenRules(load(env));
    assert.deepEqual([apiKeys, applicationIds, windowSeconds], [['k1', 'k2'], ['a1'], 60]);
  });

  it('cannot be asked for without a secret, nor with one that anybody guesses', () => {
    for (const mode of ['signature', 'signature+hash']) {
      assert.throws(() => load({ WEBHOOK_VERIFICATION: mode }), {
        message: new RegExp(
          `VONAGE_SIGNATURE_SECRETS: is required where WEBHOOK_VERIFICATION is ${mode.replace('+', '\\+')}`,
        ),
      });
    }
    assert.throws(() => load({ VONAGE_SIGNATURE_SECRETS: 'secret-one,short' }), { message: /must have 8 characters/ });
    assert.throws(() => load({ VONAGE_SIGNATURE_SECRETS: ',' }), { message: /must have 8 characters/ });
  });
});

describe('the door of the socket', () => {
  it('needs a secret, unless Vonage signs or it is off', () => {
    assert.throws(() => load({ SOCKET_AUTH: 'token' }), {
      message: /SOCKET_TOKEN_SECRETS: is required unless SOCKET_AUTH is vonage or off/,
    });
    assert.throws(() => load({ SOCKET_AUTH: '' }), { message: /SOCKET_TOKEN_SECRETS: is required/ });
    assert.equal(load({ SOCKET_AUTH: 'vonage' }).SOCKET_AUTH, 'vonage');
    const secret = 'x'.repeat(32);
    assert.deepEqual(load({ SOCKET_AUTH: 'token', SOCKET_TOKEN_SECRETS: secret }).SOCKET_TOKEN_SECRETS, [secret]);
  });
});
