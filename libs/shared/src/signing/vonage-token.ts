import { createSecretKey, type KeyObject } from 'node:crypto';
import { TokenRefusedError } from './refusal.ts';
import { signedClaims } from './signed-claims.ts';

/** What a token of Vonage's has to keep to. */
export interface VonageTokenRules {
  /** Signature secrets of the account, as the dashboard shows them: any of them is good, so that one can follow another. */
  readonly secrets: readonly string[];
  /** Accounts whose tokens are taken; empty: those of any account that has a secret of ours. */
  readonly apiKeys: readonly string[];
  /** Applications whose tokens are taken; empty: those of any. */
  readonly applicationIds: readonly string[];
  /** How far from now a token may have been made, before or after, s. */
  readonly windowSeconds: number;
}

/** What we go on with of a token that was accepted. */
export interface VonageClaims {
  readonly jti: string;
  /** Lower-case hex SHA-256 of the payload; a socket's token may have none. */
  readonly payloadHash: string | undefined;
}

/** Accepts the tokens that Vonage signs its webhooks and its sockets' upgrades with: HS256 under the account's signature secret. */
export class VonageTokens {
  readonly #rules: VonageTokenRules;
  readonly #keys: readonly KeyObject[];
  readonly #nowMs: () => number;

  /** @param nowMs wall clock, ms since 1970 */
  constructor(rules: VonageTokenRules, nowMs: () => number) {
    this.#rules = rules;
    // The secret's text is the key, whatever it looks like: no base64 is decoded.
    this.#keys = rules.secrets.map((secret) => createSecretKey(secret, 'utf8'));
    this.#nowMs = nowMs;
  }

  /** @throws TokenRefusedError */
  accept(token: string): VonageClaims {
    const nowMs = this.#nowMs();
    const nowSeconds = nowMs / 1000;
    const { iss, iat, jti, api_key, application_id, payload_hash } = signedClaims(token, this.#keys, { nowMs });
    const { apiKeys, applicationIds, windowSeconds } = this.#rules;
    if (iss !== 'Vonage') throw new TokenRefusedError('issuer');
    if (typeof iat !== 'number' || typeof jti !== 'string' || jti === '') throw new TokenRefusedError('claims');
    if (iat < nowSeconds - windowSeconds) throw new TokenRefusedError('stale');
    if (iat > nowSeconds + windowSeconds) throw new TokenRefusedError('future');
    if (apiKeys.length > 0 && !apiKeys.includes(api_key)) throw new TokenRefusedError('api-key');
    // A token need not name an application; one that does names one of ours.
    if (applicationIds.length > 0 && application_id !== undefined && !applicationIds.includes(application_id)) {
      throw new TokenRefusedError('application');
    }
    return { jti, payloadHash: typeof payload_hash === 'string' ? payload_hash : undefined };
  }
}
