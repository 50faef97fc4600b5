import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { SignedPayload } from '../signing/payload-hash.ts';
import type { RefusalReason } from '../signing/refusal.ts';

/** What the services of a test take for Vonage's secret, account and application. */
export const SIGNING = {
  secret: 'test-signature-secret-000000000000',
  apiKey: 'k1234567',
  applicationId: 'aaaaaaaa-0000-4000-8000-000000000001',
} as const;

/** {@link SIGNING} as variables of a service. */
export const SIGNING_ENV = {
  VONAGE_SIGNATURE_SECRETS: SIGNING.secret,
  VONAGE_API_KEYS: SIGNING.apiKey,
  VONAGE_APPLICATION_IDS: SIGNING.applicationId,
} as const;

export interface SignOptions {
  readonly secret?: string;
  /** Claims in place of those that Vonage would set; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The `Authorization` that Vonage sends with this payload. */
export function signed(payload: SignedPayload, { secret = SIGNING.secret, claims = {} }: SignOptions = {}): string {
  const all = claimsFor(payload, claims);
  return `Bearer ${jwt.sign(all, secret, { algorithm: 'HS256', noTimestamp: all.iat === undefined })}`;
}

function claimsFor(payload: SignedPayload, changed: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const claims = {
    iat: now(),
    jti: randomUUID(),
    iss: 'Vonage',
    payload_hash: sha256('body' in payload ? payload.body : jsonOf(payload.query)),
    api_key: SIGNING.apiKey,
    application_id: SIGNING.applicationId,
    ...changed,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** One way to try it. */
export interface Forgery {
  readonly what: string;
  /** What the log and the counter say of it. */
  readonly reason: RefusalReason;
  /** The `Authorization`; none where there is none. */
  readonly authorization: (payload: SignedPayload) => string | undefined;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const other: SignedPayload = { body: Buffer.from('{"status":"completed","uuid":"another"}') };

/** Whatever no service may take for Vonage's, in mode `signature+hash` and with {@link SIGNING_ENV}. */
export const FORGERIES: readonly Forgery[] = [
  { what: 'no token', reason: 'missing', authorization: () => undefined },
  { what: 'an empty header', reason: 'missing', authorization: () => '' },
  { what: 'another scheme', reason: 'malformed', authorization: (p) => signed(p).replace('Bearer', 'Basic') },
  { what: 'a token without a scheme', reason: 'malformed', authorization: (p) => signed(p).slice(7) },
  { what: 'two tokens', reason: 'malformed', authorization: (p) => `${signed(p)}, ${signed(p)}` },
  { what: 'a token that is no JWT', reason: 'malformed', authorization: () => 'Bearer a.b.c' },
  {
    what: 'two parts of a token',
    reason: 'malformed',
    authorization: (p) => signed(p).split('.').slice(0, 2).join('.'),
  },
  { what: 'a token of 5000 characters', reason: 'malformed', authorization: () => `Bearer ${'x'.repeat(5000)}` },
  { what: 'alg none', reason: 'algorithm', authorization: (p) => withHeader(p, { alg: 'none', typ: 'JWT' }, '') },
  { what: 'alg none, with a signature', reason: 'algorithm', authorization: (p) => withHeader(p, { alg: 'none' }) },
  { what: 'alg nOnE', reason: 'algorithm', authorization: (p) => withHeader(p, { alg: 'nOnE' }) },
  { what: 'no alg', reason: 'algorithm', authorization: (p) => withHeader(p, { typ: 'JWT' }) },
  { what: 'alg HS512 under the right secret', reason: 'algorithm', authorization: (p) => with512(p) },
  {
    what: 'RS256 under a key of the forger’s',
    reason: 'algorithm',
    authorization: (p) => `Bearer ${jwt.sign(claimsFor(p, {}), privateKey, { algorithm: 'RS256' })}`,
  },
  { what: 'HS256 under a public key', reason: 'signature', authorization: (p) => signed(p, { secret: publicKey }) },
  { what: 'another secret', reason: 'signature', authorization: (p) => signed(p, { secret: `${SIGNING.secret}x` }) },
  {
    what: 'the secret in base64',
    reason: 'signature',
    authorization: (p) => signed(p, { secret: btoa(SIGNING.secret) }),
  },
  { what: 'a signature of nothing', reason: 'algorithm', authorization: (p) => signed(p).replace(/[^.]*$/, '') },
  { what: 'claims that were changed', reason: 'signature', authorization: (p) => withOtherClaims(p) },
  { what: 'another issuer', reason: 'issuer', authorization: (p) => signed(p, { claims: { iss: 'vonage' } }) },
  { what: 'no issuer', reason: 'issuer', authorization: (p) => signed(p, { claims: { iss: undefined } }) },
  { what: 'no time', reason: 'claims', authorization: (p) => signed(p, { claims: { iat: undefined } }) },
  { what: 'no id', reason: 'claims', authorization: (p) => signed(p, { claims: { jti: undefined } }) },
  { what: 'an id that is a number', reason: 'claims', authorization: (p) => signed(p, { claims: { jti: 5 } }) },
  { what: 'a time long past', reason: 'stale', authorization: (p) => signed(p, { claims: { iat: now() - 310 } }) },
  { what: 'a time to come', reason: 'future', authorization: (p) => signed(p, { claims: { iat: now() + 320 } }) },
  { what: 'an end that is past', reason: 'stale', authorization: (p) => signed(p, { claims: { exp: now() - 10 } }) },
  { what: 'another account', reason: 'api-key', authorization: (p) => signed(p, { claims: { api_key: 'k7654321' } }) },
  { what: 'no account', reason: 'api-key', authorization: (p) => signed(p, { claims: { api_key: undefined } }) },
  {
    what: 'another application',
    reason: 'application',
    authorization: (p) => signed(p, { claims: { application_id: 'bbbbbbbb-0000-4000-8000-000000000002' } }),
  },
  { what: 'the token of another payload', reason: 'payload', authorization: () => signed(other) },
  {
    what: 'no payload_hash',
    reason: 'payload',
    authorization: (p) => signed(p, { claims: { payload_hash: undefined } }),
  },
  {
    what: 'an empty payload_hash',
    reason: 'payload',
    authorization: (p) => signed(p, { claims: { payload_hash: '' } }),
  },
  {
    what: 'a payload_hash that is a list',
    reason: 'payload',
    authorization: (p) => signed(p, { claims: { payload_hash: [] } }),
  },
];

function withHeader(payload: SignedPayload, header: object, signature?: string): string {
  const [, claims, rightSignature] = signed(payload).slice(7).split('.');
  return `Bearer ${base64url(header)}.${claims}.${signature ?? rightSignature}`;
}

function with512(payload: SignedPayload): string {
  return `Bearer ${jwt.sign(claimsFor(payload, {}), SIGNING.secret, { algorithm: 'HS512' })}`;
}

function withOtherClaims(payload: SignedPayload): string {
  const [header, , signature] = signed(payload).slice(7).split('.');
  return `Bearer ${header}.${base64url(claimsFor(payload, { api_key: 'k7654321' }))}.${signature}`;
}

function jsonOf(query: string): string {
  return JSON.stringify(Object.fromEntries(new URLSearchParams(query)));
}

const now = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
