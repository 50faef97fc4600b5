import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { tokenGenerate } from '@vonage/jwt';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { ApplicationJwt } from './application-jwt.ts';

const APPLICATION_ID = 'aaaaaaaa-0000-4000-8000-000000000001';
const NOW_S = 1_770_000_000;

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const strangerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

const jwt = new ApplicationJwt(publicPem, APPLICATION_ID, () => NOW_S * 1000);

const claims = { application_id: APPLICATION_ID, iat: NOW_S, jti: 'j1' };

const sign = (payload: JWTPayload, alg = 'RS256', key: KeyObject = keys.privateKey) =>
  new SignJWT(payload).setProtectedHeader({ alg, typ: 'JWT' }).sign(key);

async function accepts(payload: JWTPayload): Promise<void> {
  await jwt.check(`Bearer ${await sign(payload)}`);
}

async function refuses(authorization: string | undefined, detail: string | RegExp, kind = 'unauthorized') {
  await assert.rejects(jwt.check(authorization), (error: Error & { status: number; body: Record<string, unknown> }) => {
    assert.equal(error.status, 401);
    assert.equal(error.body.type, `https://developer.vonage.com/api-errors#${kind}`);
    if (typeof detail === 'string') assert.equal(error.body.detail, `Authorization: ${detail}`);
    else assert.match(String(error.body.detail), detail);
    if (authorization !== undefined && authorization.length > 40) {
      assert.ok(!inspect(error).includes(authorization.slice(7)), 'the token is not repeated');
    }
    return true;
  });
}

const refusesClaims = async (payload: JWTPayload, detail: string | RegExp, kind?: string) =>
  refuses(`Bearer ${await sign(payload)}`, detail, kind);

describe('7.1.1 JWT is RS256 by the application’s key', () => {
  it('accepts a token of the official SDK', async () => {
    const token = tokenGenerate(APPLICATION_ID, privatePem);
    await new ApplicationJwt(publicPem, APPLICATION_ID, Date.now).check(`Bearer ${token}`);
  });

  it('takes the scheme in any case, and a key object for the key', async () => {
    const token = await sign(claims);
    await new ApplicationJwt(keys.publicKey, APPLICATION_ID, () => NOW_S * 1000).check(`bearer ${token}`);
  });

  it('refuses a request without a token, or with another scheme', async () => {
    await refuses(undefined, 'no Authorization header');
    await refuses('', 'not of the form Bearer <JWT>');
    await refuses('Basic azE6czE=', 'not of the form Bearer <JWT>');
    await refuses('Bearer', 'not of the form Bearer <JWT>');
    await refuses('Bearer a b', 'not of the form Bearer <JWT>');
  });

  it('refuses what is no JWT', async () => {
    await refuses('Bearer abc', 'the token is no JWT');
    await refuses('Bearer a.b.c', 'the token is no JWT');
  });

  it('refuses a token of another key', async () => {
    const token = await sign(claims, 'RS256', strangerKeys.privateKey);
    await refuses(`Bearer ${token}`, "signature: not by the application's private key");
  });

  it('refuses a token whose claims were changed after it was signed', async () => {
    const [header, , signature] = (await sign(claims)).split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, jti: 'j2' })).toString('base64url');
    await refuses(`Bearer ${header}.${changed}.${signature}`, "signature: not by the application's private key");
  });

  it('refuses alg none', async () => {
    const unsigned = new UnsecuredJWT(claims).encode();
    await refuses(`Bearer ${unsigned}`, /^Authorization: alg: the token is not signed with RS256$/);
  });

  it('refuses the public key as the secret of an HMAC', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    const signature = createHmac('sha256', publicPem).update(signed).digest('base64url');
    await refuses(`Bearer ${signed}.${signature}`, 'alg: the token is not signed with RS256');
  });

  it('refuses another algorithm of the same key', async () => {
    await refuses(`Bearer ${await sign(claims, 'RS512')}`, 'alg: the token is not signed with RS256');
    await refuses(`Bearer ${await sign(claims, 'PS256')}`, 'alg: the token is not signed with RS256');
  });

  it('cannot be made with what is no public key of RSA', () => {
    const make = (key: string | KeyObject) => new ApplicationJwt(key, APPLICATION_ID, Date.now);
    assert.throws(() => make('no key'), {
      name: 'TypeError',
      message: 'publicKey: is not the PEM text of a public key',
    });
    assert.throws(() => make(keys.privateKey), {
      message: 'publicKey: is a private key of rsa; it must be a public key of rsa',
    });
    assert.throws(() => make(generateKeyPairSync('ed25519').publicKey), {
      message: 'publicKey: is a public key of ed25519; it must be a public key of rsa',
    });
    assert.throws(() => make(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey), {
      message: 'publicKey: has 1024 bits; RS256 needs 2048 or more',
    });
  });
});

describe('7.1.2 claims', () => {
  it('needs no more than application_id, iat and jti', () => accepts(claims));

  it('refuses another application, or none', async () => {
    await refusesClaims(
      { ...claims, application_id: 'other' },
      `application_id: is "other"; this application is "${APPLICATION_ID}"`,
    );
    const { application_id: _, ...rest } = claims;
    await refusesClaims(rest, `application_id: is missing; this application is "${APPLICATION_ID}"`);
  });

  it('refuses a token without iat or jti', async () => {
    const { iat: _, ...withoutIat } = claims;
    await refusesClaims(withoutIat, 'iat: is missing, or no number of seconds');
    const { jti: __, ...withoutJti } = claims;
    await refusesClaims(withoutJti, 'jti: is missing, or no text');
    await refusesClaims({ ...claims, jti: '' }, 'jti: is missing, or no text');
  });

  it('refuses a token from the second of its exp on', async () => {
    await accepts({ ...claims, iat: NOW_S - 899, exp: NOW_S + 1 });
    await refusesClaims({ ...claims, iat: NOW_S - 900, exp: NOW_S }, 'exp: the token has expired', 'jwt-expired');
  });

  it('refuses a token before its nbf', async () => {
    await accepts({ ...claims, nbf: NOW_S });
    await refusesClaims({ ...claims, nbf: NOW_S + 1 }, 'nbf: the token is not valid yet');
  });

  it('lets exp be from 30 seconds to 24 hours after iat', async () => {
    await accepts({ ...claims, exp: NOW_S + 30 });
    await accepts({ ...claims, exp: NOW_S + 86_400 });
    await refusesClaims({ ...claims, exp: NOW_S + 29 }, 'exp: is 29 s after iat; 30 to 86400 are allowed');
    await refusesClaims({ ...claims, exp: NOW_S + 86_401 }, 'exp: is 86401 s after iat; 30 to 86400 are allowed');
  });
});
