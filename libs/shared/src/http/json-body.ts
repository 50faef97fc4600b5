import express, { type RequestHandler } from 'express';
import { parse } from 'secure-json-parse';
import { AppError } from '../errors/app-error.ts';
import { jsonDepth } from './json-depth.ts';

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

const BYTE_ORDER_MARK = '\ufeff';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Deepest nesting that is taken. Vonage's webhooks have four levels, and what an application adds of its own a few more. */
const MAX_DEPTH = 64;

/**
 * The JSON object that the bytes are in UTF-8, or what is wrong with them.
 *
 * @throws AppError `BODY_TOO_DEEP` for what is nested more than {@link MAX_DEPTH} deep, and `BODY_FORBIDDEN_KEY` for keys
 * that would change a prototype wherever somebody copies them
 */
export function parseJsonObject(body: Uint8Array): Readonly<Record<string, unknown>> | 'not JSON' | 'not an object' {
  if (jsonDepth(body, MAX_DEPTH) > MAX_DEPTH) {
    throw new AppError('bad-request', 'BODY_TOO_DEEP', `the body is nested more than ${MAX_DEPTH} deep`);
  }
  let value: unknown;
  try {
    const text = utf8.decode(body);
    // The parser would leave it out, and JSON has no place for it.
    if (text.startsWith(BYTE_ORDER_MARK)) return 'not JSON';
    value = parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch (error) {
    // The parser's word for it, which has no code.
    if (error instanceof SyntaxError && /forbidden prototype property/.test(error.message)) {
      throw new AppError('bad-request', 'BODY_FORBIDDEN_KEY', 'the body has a key __proto__ or constructor.prototype');
    }
    return 'not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object';
  return value as Readonly<Record<string, unknown>>;
}
