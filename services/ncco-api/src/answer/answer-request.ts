import { AppError } from '@kodama/shared/errors';
import { type ConversationUuid, type LegUuid, parseConversationUuid, parseLegUuid } from '@kodama/shared/voice';

/** What we take from an answer webhook. Any of it may be missing: a curious browser gets an NCCO, too. */
export interface AnswerRequest {
  readonly conversationUuid: ConversationUuid | undefined;
  /** The caller's leg. */
  readonly legUuid: LegUuid | undefined;
  /** The number of ours that was called, digits with no `+`. */
  readonly to: string | undefined;
  /** Set where Vonage comes here because another webhook failed: what it says about that, without addresses and numbers. */
  readonly fallbackReason: string | undefined;
}

/** E.164, as Vonage writes it: digits with no `+`. */
const PHONE_NUMBER = /^[0-9]{7,15}$/;
/** Longest reason that is worth logging, characters. */
const MAX_REASON_LENGTH = 200;
/** A word, or the status of a failure: what may be logged. Addresses have the caller's number in their query. */
const LOGGABLE = /^[A-Za-z.,:;'()-]+$|^[45]\d\d[.,;)]?$/;

/**
 * Reads an answer webhook's query or JSON body; keys that are not named here do not matter.
 *
 * @throws AppError `ANSWER_BAD_ID` for an id that cannot be one
 */
export function toAnswerRequest(fields: Readonly<Record<string, unknown>>): AnswerRequest {
  const { to, reason } = fields;
  return {
    conversationUuid: id(fields, 'conversation_uuid', parseConversationUuid),
    legUuid: id(fields, 'uuid', parseLegUuid),
    to: typeof to === 'string' && PHONE_NUMBER.test(to) ? to : undefined,
    fallbackReason: typeof reason === 'string' ? loggable(reason) : undefined,
  };
}

function loggable(reason: string): string {
  const words = reason.slice(0, MAX_REASON_LENGTH).trim().split(/\s+/);
  return words.map((word) => (LOGGABLE.test(word) ? word : '…')).join(' ');
}

function id<Id>(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  parse: (value: unknown) => Id | undefined,
): Id | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  const parsed = parse(value);
  if (parsed !== undefined) return parsed;
  throw new AppError(
    'bad-request',
    'ANSWER_BAD_ID',
    `${name} must be 1 to 128 printable ASCII characters, with no quote or backslash`,
  );
}
