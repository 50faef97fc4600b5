import type { CallIds } from '../call/call-ids.ts';
import { exchange, HttpError, type HttpReply } from '../webhook/http-exchange.ts';
import { AnswerError } from './answer-error.ts';
import { checkNcco, type SocketEndpoint } from './ncco-check.ts';

/** Vonage's default limits of an answer URL. */
const CONNECT_LIMIT_MS = 1000;
const REPLY_LIMIT_MS = 5000;
const RETRIED_STATUSES = [429, 503, 504];

interface AnswerQuestion {
  url: URL;
  method: 'GET' | 'POST';
  from: string;
  to: string;
  ids: CallIds;
  signal: AbortSignal | undefined;
}

interface Answer {
  endpoint: SocketEndpoint;
  /** What is allowed in the NCCO and yet seldom meant. */
  notes: string[];
  /** 1 or 2. */
  attempts: number;
}

/**
 * Asks the answer URL what to do with an incoming call.
 *
 * @throws {AnswerError} where there is no reply, or one that Vonage would not play.
 */
export async function askAnswerUrl(question: AnswerQuestion): Promise<Answer> {
  const reply = await ask(question);
  const where = question.url.href;
  if (reply.status !== 200) {
    throw new AnswerError('BAD_STATUS', `the answer URL ${where} replied with status ${reply.status} instead of 200`);
  }
  if (mediaTypeOf(reply.contentType) !== 'application/json') {
    const type = reply.contentType ?? 'none';
    throw new AnswerError('BAD_CONTENT_TYPE', `the answer's content type is ${type} instead of application/json`);
  }
  const { complaints, notes, endpoint } = checkNcco(parse(reply.body));
  if (!endpoint) throw new AnswerError('BAD_NCCO', 'the NCCO cannot be played', complaints);
  return { endpoint, notes, attempts: reply.attempts };
}

async function ask({ url, method, from, to, ids, signal }: AnswerQuestion): Promise<HttpReply> {
  const fields = {
    to,
    endpoint_type: 'phone',
    from,
    conversation_uuid: ids.conversationUuid,
    uuid: ids.legUuid,
    region_url: 'https://api-us-3.vonage.com',
  };
  try {
    return await exchange({
      url,
      method,
      fields,
      connectLimitMs: CONNECT_LIMIT_MS,
      replyLimitMs: REPLY_LIMIT_MS,
      retriedStatuses: RETRIED_STATUSES,
      signal,
    });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const message =
      error.code === 'CONNECTION_REFUSED' ? error.message : `the answer URL ${url.href}: ${error.message}`;
    throw new AnswerError(error.code, message, [], { cause: error });
  }
}

const mediaTypeOf = (contentType: string | undefined) => contentType?.split(';')[0]?.trim().toLowerCase();

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    const message = `the answer is not JSON: ${(cause as Error).message}`;
    throw new AnswerError('BAD_NCCO', 'the NCCO cannot be played', [message], { cause });
  }
}
