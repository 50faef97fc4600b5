import { createPublicKey, KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { RestError } from './rest-error.ts';

/** How far `exp` may be from `iat`, s. */
const SHORTEST_LIFE_SECONDS = 30;
const LONGEST_LIFE_SECONDS = 24 * 60 * 60;
/** RFC 7518, 3.3. */
const SHORTEST_KEY_BITS = 2048;

/** Knows whether a request comes from the application: by a token that its private key has signed. */
export class ApplicationJwt {
  readonly #publicKey: KeyObject;
  readonly #applicationId: string;
  readonly #clock: () => number;

  /**
   * @param publicKey the application's, as PEM or as a key object.
   * @param clock epoch ms.
   * @throws {TypeError} where it is no RSA public key, or too short a one.
   */
  constructor(publicKey: string | KeyObject, applicationId: string, clock: () => number) {
    this.#publicKey = toRsaPublicKey(publicKey);
    this.#applicationId = applicationId;
    this.#clock = clock;
  }

  /** @throws {RestError} 401, with what is wrong, unless the Authorization header holds a good token. */
  async check(authorization: string | undefined): Promise<void> {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      throw unauthorized(authorization === undefined ? 'no Authorization header' : 'not of the form Bearer <JWT>');
    }
    const complaint = claimComplaint(await this.#verify(token), this.#applicationId);
    if (complaint !== undefined) throw unauthorized(complaint);
  }

  async #verify(token: string): Promise<JWTPayload> {
    try {
      // The one algorithm is named here: a token must not choose it, with `none` or with the public key as an HMAC secret.
      const options = { algorithms: ['RS256'], currentDate: new Date(this.#clock()) };
      return (await jwtVerify(token, this.#publicKey, options)).payload;
    } catch (error) {
      throw explain(error);
    }
  }
}

function claimComplaint(claims: JWTPayload, applicationId: string): string | undefined {
  const { application_id, iat, jti, exp } = claims;
  if (application_id !== applicationId) {
    const found = application_id === undefined ? 'is missing' : `is ${JSON.stringify(application_id)}`;
    return `application_id: ${found}; this application is ${JSON.stringify(applicationId)}`;
  }
  if (typeof iat !== 'number') return 'iat: is missing, or no number of seconds';
  if (typeof jti !== 'string' || jti === '') return 'jti: is missing, or no text';
  if (exp === undefined) return undefined;
  const lifeSeconds = exp - iat;
  return lifeSeconds >= SHORTEST_LIFE_SECONDS && lifeSeconds <= LONGEST_LIFE_SECONDS
    ? undefined
    : `exp: is ${lifeSeconds} s after iat; ${SHORTEST_LIFE_SECONDS} to ${LONGEST_LIFE_SECONDS} are allowed`;
}

function explain(error: unknown): RestError {
  if (error instanceof errors.JWTExpired) {
    return unauthorized('exp: the token has expired', 'jwt-expired');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthorized(error.claim === 'nbf' ? 'nbf: the token is not valid yet' : `${error.claim}: ${error.message}`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return unauthorized('alg: the token is not signed with RS256');
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return unauthorized("signature: not by the application's private key");
  }
  return unauthorized('the token is no JWT');
}

/** A refusal never repeats the token. */
const unauthorized = (detail: string, kind: 'unauthorized' | 'jwt-expired' = 'unauthorized'): RestError =>
  new RestError(401, kind, 'The token is not accepted', {
    detail: `Authorization: ${detail}`,
    headers: { 'www-authenticate': 'Bearer' },
  });

function toRsaPublicKey(given: string | KeyObject): KeyObject {
  const key = given instanceof KeyObject ? given : parsePem(given);
  const { type, asymmetricKeyType, asymmetricKeyDetails } = key;
  if (type !== 'public' || asymmetricKeyType !== 'rsa') {
    throw new TypeError(`publicKey: is a ${type} key of ${asymmetricKeyType}; it must be a public key of rsa`);
  }
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < SHORTEST_KEY_BITS) {
    throw new TypeError(`publicKey: has ${bits} bits; RS256 needs ${SHORTEST_KEY_BITS} or more`);
  }
  return key;
}

function parsePem(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    // The cause is left out: it adds nothing that helps, and the text may be a private key.
    throw new TypeError('publicKey: is not the PEM text of a public key');
  }
}
