import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { SignedPayload } from '../signing/payload-hash.ts';
import { TokenRefusedError } from '../signing/refusal.ts';
import type { WebhookVerifier } from '../signing/webhook-verifier.ts';
import { countRefusal, type Door } from '../telemetry/refusals.ts';

/**
 * Lets none but Vonage's own webhooks through: 401 to all others, with one code, whatever is wrong; what it was goes to the
 * log and the counter. It stands behind `webhookBody`, which leaves the bytes that are signed, and before they are read.
 *
 * @param verifier `undefined`: webhooks are not verified, and all go through
 */
export function onlySigned(verifier: WebhookVerifier | undefined, door: Door): RequestHandler {
  if (verifier === undefined) return (_req, _res, next) => next();
  const refuse = (error: unknown, res: Response): never => {
    if (!(error instanceof TokenRefusedError)) throw error;
    countRefusal(door, error.reason);
    res.locals.logFields = { reason: error.reason };
    throw new AppError('unauthorized', 'WEBHOOK_NOT_VERIFIED', 'the webhook is not signed as it has to be');
  };
  return (req, res, next) => {
    const accept = (tokenId: string): void => {
      res.locals.tokenId = tokenId;
      next();
    };
    let verified: string | Promise<string>;
    try {
      verified = verifier.verify(req.get('authorization'), payloadOf(req));
    } catch (error) {
      return refuse(error, res);
    }
    if (typeof verified === 'string') return accept(verified);
    return verified.then(accept, (error: unknown) => refuse(error, res));
  };
}

/** The id of the token that {@link onlySigned} has accepted; `undefined` where webhooks are not verified. */
export function tokenIdOf(res: Response): string | undefined {
  return res.locals.tokenId;
}

/** The query as it stands in the URL, without its `?`, and without a fragment, which no client should have sent. */
export function rawQuery(req: Request): string {
  return /^[^?#]*\?([^#]*)/.exec(req.originalUrl)?.[1] ?? '';
}

function payloadOf(req: Request): SignedPayload {
  return req.method === 'GET' ? { query: rawQuery(req) } : { body: req.body };
}
