import {
  bearerToken,
  type Seen,
  type SocketTokens,
  TokenRefusedError,
  type VonageTokens,
} from '@kodama/shared/signing';
import type { CallIdentity } from '@kodama/shared/voice';

/** Whom a socket was opened for: `undefined` where its token does not say. */
export type Admitted = { readonly call: CallIdentity | undefined };

/** Decides about an upgrade before it is made. */
export interface SocketDoor {
  /**
   * @param authorization the request's header
   * @throws TokenRefusedError
   */
  admit(authorization: string | undefined): Admitted | Promise<Admitted>;
}

/** Whoever comes. */
export const openDoor: SocketDoor = { admit: () => ({ call: undefined }) };

/**
 * Who has a token of ncco-api's, once; the socket is for the call that the token is for.
 *
 * @param windowSeconds for how long, before and after now, an answer webhook can be sent again, for a token that counts as the
 * same: so much longer than its own life a used one is remembered
 */
export function tokenDoor(
  tokens: SocketTokens,
  seen: Seen,
  { nowMs, windowSeconds }: { nowMs: () => number; windowSeconds: number },
): SocketDoor {
  return {
    async admit(authorization) {
      const { jti, call, expiresMs } = tokens.accept(bearerToken(authorization));
      await onlyOnce(seen, jti, expiresMs - nowMs() + windowSeconds * 2000);
      return { call };
    },
  };
}

/** Who has a token that Vonage signed for the socket, once. */
export function vonageDoor(tokens: VonageTokens, seen: Seen, windowSeconds: number): SocketDoor {
  return {
    async admit(authorization) {
      const { jti } = tokens.accept(bearerToken(authorization));
      // A token that was made as far ahead as it may be is taken until as far behind.
      await onlyOnce(seen, jti, windowSeconds * 2000);
      return { call: undefined };
    },
  };
}

async function onlyOnce(seen: Seen, jti: string, forMs: number): Promise<void> {
  // A second more: the place that remembers has a clock of its own.
  const before = await seen.before(`socket:${jti}`, 'used', Math.max(0, forMs) + 1000);
  if (before !== undefined) throw new TokenRefusedError('replayed');
}
