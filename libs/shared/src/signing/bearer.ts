import { hash, timingSafeEqual } from 'node:crypto';
import { TokenRefusedError } from './refusal.ts';

/** Longest token that is looked at, characters. Vonage's have some 450. */
const MAX_TOKEN_LENGTH = 4096;

const BEARER = /^bearer +([^\s,]+) *$/i;

/**
 * The token of an `Authorization` header, whose scheme may be spelled in either case.
 *
 * @throws TokenRefusedError `missing` or `malformed`
 */
export function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') throw new TokenRefusedError('missing');
  if (authorization.length > MAX_TOKEN_LENGTH) throw new TokenRefusedError('malformed');
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new TokenRefusedError('malformed');
  return token;
}

/** Says whether two texts are the same, in a time that tells neither where they differ nor how long the known one is. */
export function equalInConstantTime(given: string, known: string): boolean {
  return timingSafeEqual(digest(given), digest(known));
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
