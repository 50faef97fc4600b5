import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { explainTls } from './tls.ts';

/** Far above any NCCO; a reply that goes on beyond it is cut. */
const REPLY_LIMIT_BYTES = 1024 * 1024;

/** How a request can fail without a status. */
export type HttpFault =
  | 'CONNECT_TIMEOUT'
  | 'REPLY_TIMEOUT'
  | 'CONNECTION_REFUSED'
  | 'CONNECTION_RESET'
  | 'REPLY_TOO_LARGE'
  | 'BAD_CERTIFICATE'
  | 'HUNG_UP'
  | 'UNREACHABLE';

/** Thrown when a request got no reply. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpFault;
  /** Tries that were made in all. */
  attempts = 1;

  constructor(code: HttpFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface HttpRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer | undefined;
  /** From the first step to the open TCP connection. */
  readonly connectLimitMs: number;
  /** From the open connection to the last byte of the reply. */
  readonly replyLimitMs: number;
  /** In all. */
  readonly tries: number;
  /** Statuses after which the request is made once more. */
  readonly retriedStatuses: readonly number[];
  /** Takes any certificate. */
  readonly isTrusting?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpReply {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
  /** From 1. */
  readonly attempts: number;
}

const RETRIED_FAULTS: readonly HttpFault[] = ['CONNECT_TIMEOUT', 'REPLY_TIMEOUT', 'CONNECTION_RESET'];

/**
 * Makes a webhook request by the rule of Vonage's voice docs: a time-out, a reset connection or one of a few statuses gets
 * another try, anything else none.
 *
 * @throws {HttpError} where the last try got no reply.
 */
export async function exchange(request: HttpRequest): Promise<HttpReply> {
  for (let attempts = 1; ; attempts++) {
    const isLast = attempts >= request.tries;
    try {
      const reply = await exchangeOnce(request, attempts);
      if (isLast || !request.retriedStatuses.includes(reply.status)) return reply;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      error.attempts = attempts;
      if (isLast || !RETRIED_FAULTS.includes(error.code)) throw error;
    }
  }
}

async function exchangeOnce(request: HttpRequest, attempts: number): Promise<HttpReply> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
  const { url } = request;
  const outgoing = begin(request);
  // Said here, and not left to the request: one whose connection has become another protocol's has no error any more.
  const fail = (error: Error) => {
    reject(explain(error, url));
    outgoing.destroy();
  };
  const within = (limitMs: number, code: HttpFault, message: string) =>
    setTimeout(() => fail(new HttpError(code, message)), limitMs);

  const { connectLimitMs, replyLimitMs } = request;
  const noConnection = `no connection to ${url.origin} within ${connectLimitMs} ms`;
  const noReply = `no complete reply from ${url.origin} within ${replyLimitMs} ms`;
  let limit = within(connectLimitMs, 'CONNECT_TIMEOUT', noConnection);
  outgoing.once('socket', (socket) =>
    socket.once('connect', () => {
      clearTimeout(limit);
      limit = within(replyLimitMs, 'REPLY_TIMEOUT', noReply);
    }),
  );
  outgoing.once('response', (reply) => {
    readText(reply).then(
      (text) =>
        resolve({ status: reply.statusCode ?? 0, contentType: reply.headers['content-type'], body: text, attempts }),
      fail,
    );
  });
  outgoing.once('upgrade', (_reply, socket) => {
    socket.destroy();
    fail(new HttpError('UNREACHABLE', `${url.origin} switched protocols (status 101) instead of replying`));
  });
  outgoing.once('error', fail);
  outgoing.end(request.body);
  return promise.finally(() => clearTimeout(limit));
}

/** @throws {HttpError} where there can be no such request. */
function begin({ url, method, headers, isTrusting, signal }: HttpRequest): ClientRequest {
  try {
    return (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method,
      headers,
      // A connection of its own: one that was kept alive may be closing just now, which would look like a reset.
      agent: false,
      rejectUnauthorized: !isTrusting,
      ...(signal && { signal }),
    });
  } catch (cause) {
    throw new HttpError('UNREACHABLE', `${url.origin} cannot be asked: ${(cause as Error).message}`, { cause });
  }
}

async function readText(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > REPLY_LIMIT_BYTES) {
      throw new HttpError('REPLY_TOO_LARGE', `the reply is larger than ${REPLY_LIMIT_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Node's error as one of ours, with a sentence that names the server. */
function explain(error: NodeJS.ErrnoException, url: URL): HttpError {
  if (error instanceof HttpError) return error;
  const options = { cause: error };
  if (error.name === 'AbortError') return new HttpError('HUNG_UP', 'the caller hung up before the reply came', options);
  const certificate = explainTls(error);
  if (certificate) return new HttpError('BAD_CERTIFICATE', `${url.origin} cannot be trusted: ${certificate}`, options);
  if (error.code?.startsWith('HPE_')) {
    return new HttpError('UNREACHABLE', `the reply of ${url.origin} is not HTTP: ${error.message}`, options);
  }
  switch (error.code) {
    case 'EPROTO':
      return new HttpError('UNREACHABLE', `${url.origin} does not speak TLS, which its URL says`, options);
    case 'ECONNREFUSED':
      return new HttpError('CONNECTION_REFUSED', `nothing listens on ${url.origin}`, options);
    case 'ECONNRESET':
    case 'EPIPE':
      return new HttpError(
        'CONNECTION_RESET',
        `${url.origin} closed the connection before its reply was complete`,
        options,
      );
    default:
      return new HttpError('UNREACHABLE', `cannot reach ${url.origin}: ${error.message || error.code}`, options);
  }
}
