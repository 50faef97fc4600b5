import { parse } from 'secure-json-parse';
import { AppError } from '../errors/app-error.ts';
import { jsonDepth } from './json-depth.ts';

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
