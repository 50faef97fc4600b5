import type { Action } from '../ncco/actions.ts';
import { checkNcco, complaintText, type NccoVerdict } from '../ncco/check-ncco.ts';
import { checkNccoText } from '../ncco/check-ncco-text.ts';
import type { RuleSettings } from '../rules/rule-settings.ts';
import { HttpError, type HttpReply } from '../webhook/http-exchange.ts';
import { inTries, statusHint } from '../webhook/status-hint.ts';
import type { WebhookClient } from '../webhook/webhook-client.ts';
import { AnswerError } from './answer-error.ts';
import { mediaTypeOf } from './media-type.ts';

/** A question to an address that replies with an NCCO. */
export interface NccoQuestion {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the address is, as it reads in a sentence: `the answer URL`. */
  readonly what: string;
  readonly signal: AbortSignal | undefined;
}

export interface NccoAnswer {
  readonly actions: readonly Action[];
  /** What is allowed in the NCCO and yet seldom meant. */
  readonly notes: readonly string[];
  readonly attempts: number;
}

/**
 * Asks for an NCCO.
 *
 * @throws {AnswerError} where there is no reply, or one that Vonage would not carry out.
 */
export async function fetchNcco(
  question: NccoQuestion,
  client: WebhookClient,
  rules: RuleSettings,
): Promise<NccoAnswer> {
  const { url, what } = question;
  const reply = await ask(question, client);
  if (reply.status !== 200) {
    const status = `status ${reply.status} instead of 200${inTries(reply.attempts)}`;
    const hint = statusHint(reply.status, question.method, client.isSigning);
    throw new AnswerError('BAD_STATUS', '1.2.1', `${what} ${url.origin}${url.pathname} replied with ${status}${hint}`);
  }
  if (mediaTypeOf(reply.contentType) !== 'application/json') {
    const found = `the content type of the reply is ${reply.contentType || 'none'}`;
    throw new AnswerError('BAD_CONTENT_TYPE', '1.2.2', `${what}: ${found} instead of application/json`);
  }
  return { ...judge(checkNccoText(reply.body, rules), rules, what), attempts: reply.attempts };
}

/**
 * The actions of a document that came in another way.
 *
 * @param where it came from, as it reads in a sentence: `the reply to the input event`.
 * @throws {AnswerError} where Vonage would not carry it out.
 */
export function checkActions(ncco: unknown, rules: RuleSettings, where: string): Omit<NccoAnswer, 'attempts'> {
  return judge(checkNcco(ncco, rules), rules, where);
}

function judge({ complaints, notes, actions }: NccoVerdict, rules: RuleSettings, where: string) {
  if (!actions) throw badNcco(where, complaints.map(complaintText));
  if (actions.length === 0 && rules.is('1.2.4', 'error')) {
    throw badNcco(where, ['the NCCO: has no action [rule 1.2.4]']);
  }
  return { actions, notes };
}

async function ask({ url, method, fields, what, signal }: NccoQuestion, client: WebhookClient): Promise<HttpReply> {
  try {
    return await client.send({ kind: 'answer', url, method, fields, signal });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const message = `${what}: ${error.message}${inTries(error.attempts)}`;
    throw new AnswerError(error.code, RULE_OF_FAULT[error.code] ?? '1.3.6', message, [], error);
  }
}

const RULE_OF_FAULT: Readonly<Partial<Record<HttpError['code'], string>>> = {
  CONNECT_TIMEOUT: '1.3.1',
  REPLY_TIMEOUT: '1.3.3',
  CONNECTION_RESET: '1.3.4',
};

const badNcco = (where: string, complaints: readonly string[]): AnswerError =>
  new AnswerError('BAD_NCCO', '1.4.1', `${where}: the NCCO cannot be carried out`, complaints);
