import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { type RefusalReason, TokenRefusedError } from './refusal.ts';

/** jsonwebtoken's words for what is wrong, which have no codes. */
const REASONS: readonly (readonly [RegExp, RefusalReason])[] = [
  [/^invalid algorithm|^jwt signature is required/, 'algorithm'],
  [/^invalid signature/, 'signature'],
  [/^jwt (expired|not active)/, 'stale'],
  [/^jwt (issuer|audience)/, 'issuer'],
];

/**
 * The claims of a token, once one of the keys has proved to be the one that it is signed with, by HS256.
 *
 * @param options further claims that have to be so
 * @throws TokenRefusedError and nothing else, whatever the token is: what its own errors quote of it stays here
 */
export function signedClaims(
  token: string,
  keys: readonly KeyObject[],
  options: { readonly nowMs: number; readonly issuer?: string; readonly audience?: string },
): jwt.JwtPayload {
  const { nowMs, ...expected } = options;
  let reason: RefusalReason = 'signature';
  for (const key of keys) {
    try {
      const claims = jwt.verify(token, key, {
        ...expected,
        algorithms: ['HS256'],
        clockTimestamp: Math.floor(nowMs / 1000),
      });
      if (typeof claims === 'object') return claims;
      reason = 'claims';
    } catch (error) {
      reason = reasonOf(error);
    }
    // Only of a signature another key may know better.
    if (reason !== 'signature') break;
  }
  throw new TokenRefusedError(reason);
}

function reasonOf(error: unknown): RefusalReason {
  const message = error instanceof Error ? error.message : '';
  return REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? 'malformed';
}
