/**
 * Why a token was not accepted. For the operator's log and counter; whoever sent the token is told nothing of it, as a forger
 * would learn from each.
 */
export type RefusalReason =
  /** There is no `Authorization: Bearer …`. */
  | 'missing'
  /** It is no JWT, or longer than any token has to be. */
  | 'malformed'
  /** It says another algorithm than HS256: `none`, RS256, … */
  | 'algorithm'
  /** Signed with none of our secrets, or altered since. */
  | 'signature'
  | 'issuer'
  /** A claim that every token has is not there, or of another type. */
  | 'claims'
  /** Made too long ago, or past its own end. */
  | 'stale'
  /** Made later than now. */
  | 'future'
  | 'api-key'
  | 'application'
  /** The payload is another one than the token was made for, or the token does not say which. */
  | 'payload'
  /** Used before, with another payload; of a socket's token, used before. */
  | 'replayed';

/** Thrown when a token is not accepted. */
export class TokenRefusedError extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(`token refused: ${reason}`);
    this.name = 'TokenRefusedError';
    this.reason = reason;
  }
}
