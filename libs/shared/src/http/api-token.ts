import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';
import { bearerToken, equalInConstantTime } from '../signing/bearer.ts';
import { TokenRefusedError } from '../signing/refusal.ts';
import { countRefusal, type Door } from '../telemetry/refusals.ts';

/**
 * Lets through who has one of the tokens, as `Authorization: Bearer …`; 401 to all others.
 *
 * @param tokens any of them is good, so that one can follow another; none: all go through
 */
export function onlyWithToken(tokens: readonly string[], door: Door): RequestHandler {
  return (req, _res, next) => {
    if (tokens.length === 0 || isOneOf(tokens, req.get('authorization'))) {
      next();
      return;
    }
    countRefusal(door, 'token');
    throw new AppError(
      'unauthorized',
      'API_TOKEN_REQUIRED',
      'this needs a token of API_TOKENS: Authorization: Bearer …',
    );
  };
}

function isOneOf(tokens: readonly string[], authorization: string | undefined): boolean {
  try {
    const given = bearerToken(authorization);
    // All of them, also behind the one that fits: the time is the same for each.
    return tokens.filter((token) => equalInConstantTime(given, token)).length > 0;
  } catch (error) {
    if (error instanceof TokenRefusedError) return false;
    throw error;
  }
}
