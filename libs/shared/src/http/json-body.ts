import express, { type RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

/** Longest body of a webhook, bytes; nginx has the same limit. */
export const MAX_WEBHOOK_BYTES = 64 * 1024;

/** No two gaps stand beside each other: a pattern that has to share spaces out among them tries all ways of it. */
const JSON_TYPE = /^application\/json(\s*;\s*charset\s*=\s*("utf-8"|utf-8))?(\s*;)?$/i;

/**
 * Reads a webhook's body, and leaves it in `req.body` as the bytes that came: a signature is over them, and so are
 * events passed on. Refused: another type than `application/json` in UTF-8 (415), compression (415), and more than
 * {@link MAX_WEBHOOK_BYTES} (413).
 */
export const webhookBody: readonly RequestHandler[] = [
  (req, _res, next) => {
    if (!JSON_TYPE.test(req.get('content-type')?.trim() ?? '')) {
      throw new AppError(
        'unsupported-media-type',
        'CONTENT_TYPE_UNSUPPORTED',
        'the body must be application/json in UTF-8',
      );
    }
    next();
  },
  express.raw({ type: () => true, inflate: false, limit: MAX_WEBHOOK_BYTES }),
  (req, _res, next) => {
    req.body ??= Buffer.alloc(0);
    next();
  },
];
