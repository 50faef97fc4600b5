import { createSecretKey, hash, type KeyObject, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { parseConversationUuid, parseLegUuid } from '../voice/ids.ts';
import type { CallIdentity } from '../voice/socket-headers.ts';
import { TokenRefusedError } from './refusal.ts';
import { signedClaims } from './signed-claims.ts';

/** What a token lets in: one socket, of one call. */
export interface SocketPass {
  readonly jti: string;
  readonly call: CallIdentity;
  /** When it ends, ms since 1970. */
  readonly expiresMs: number;
}

const ISSUER = 'kodama';
const AUDIENCE = 'socket';

/**
 * The tokens that ncco-api puts into an NCCO and the media gateway asks for: HS256 under a secret that these two share, bound
 * to the call that the NCCO answers, good until its end.
 */
export class SocketTokens {
  readonly #keys: readonly KeyObject[];
  readonly #ttlSeconds: number;
  readonly #nowMs: () => number;

  /**
   * @param secrets the first one signs, any of them is good: so that one can follow another
   * @param ttlSeconds how long what is issued is good; of no matter to whoever only accepts
   * @param nowMs wall clock, ms since 1970
   */
  constructor(secrets: readonly string[], { ttlSeconds = 0, nowMs }: { ttlSeconds?: number; nowMs: () => number }) {
    this.#keys = secrets.map((secret) => createSecretKey(secret, 'utf8'));
    this.#ttlSeconds = ttlSeconds;
    this.#nowMs = nowMs;
  }

  /**
   * @param webhookId of the token that the answer webhook came with: whoever sends that again gets a token that counts as the
   * same, and so lets in one socket all told
   */
  issue({ conversationUuid, legUuid }: CallIdentity, webhookId?: string): string {
    const iat = Math.floor(this.#nowMs() / 1000);
    const claims = {
      iss: ISSUER,
      aud: AUDIENCE,
      iat,
      exp: iat + this.#ttlSeconds,
      jti: webhookId === undefined ? randomUUID() : hash('sha256', webhookId, 'base64url'),
      ...(conversationUuid !== undefined && { conversation: conversationUuid }),
      ...(legUuid !== undefined && { leg: legUuid }),
    };
    return jwt.sign(claims, this.#keys[0] as KeyObject, { algorithm: 'HS256' });
  }

  /** @throws TokenRefusedError */
  accept(token: string): SocketPass {
    const { jti, conversation, leg, exp } = signedClaims(token, this.#keys, {
      nowMs: this.#nowMs(),
      issuer: ISSUER,
      audience: AUDIENCE,
    });
    // Ours always end: one that does not is none of ours.
    if (typeof jti !== 'string' || exp === undefined) throw new TokenRefusedError('claims');
    return {
      jti,
      call: { conversationUuid: parseConversationUuid(conversation), legUuid: parseLegUuid(leg) },
      expiresMs: exp * 1000,
    };
  }
}
