import { findJsonMistake } from '../ncco/json-mistake.ts';
import { positionAt } from '../ncco/json-position.ts';
import type { HttpReply } from '../webhook/http-exchange.ts';
import { mediaTypeOf } from './media-type.ts';

/** What was found in the reply to an event that may hold an NCCO. */
export interface ReplyContent {
  /** It is not checked. */
  readonly ncco?: readonly unknown[];
  /** Why there is none where one seems to be meant; continues the sentence "the reply …". */
  readonly mistake?: string;
}

/**
 * Looks for an NCCO in the reply to an event. An empty array is none, and neither is any other text; that is a mistake where
 * the reply calls itself JSON, or looks like it.
 */
export function nccoIn(reply: HttpReply | undefined): ReplyContent {
  const body = reply?.body.trim() ?? '';
  if (!reply || reply.status < 200 || reply.status > 299 || body === '') return {};
  const mediaType = mediaTypeOf(reply.contentType);
  if (mediaType !== 'application/json') {
    const seemsMeant = body.startsWith('[') || body.startsWith('{');
    return seemsMeant ? { mistake: `has the content type ${mediaType || 'none'}, not application/json` } : {};
  }
  const mistake = findJsonMistake(reply.body);
  if (mistake) {
    const { line, column } = positionAt(reply.body, mistake.offset);
    return { mistake: `is not JSON: line ${line}, column ${column}: ${mistake.expected} is expected there` };
  }
  const value: unknown = JSON.parse(reply.body);
  if (Array.isArray(value)) return value.length > 0 ? { ncco: value } : {};
  return body.startsWith('{') ? { mistake: 'is a JSON object, not an array of actions' } : {};
}
