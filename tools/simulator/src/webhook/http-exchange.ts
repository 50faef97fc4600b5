import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Far above any NCCO; a reply that goes on beyond it is cut. */
const REPLY_LIMIT_BYTES = 1024 * 1024;

/** How a request can fail without a status. */
export type HttpFault =
  | 'CONNECT_TIMEOUT'
  | 'REPLY_TIMEOUT'
  | 'CONNECTION_REFUSED'
  | 'CONNECTION_RESET'
  | 'REPLY_TOO_LARGE'
  | 'HUNG_UP'
  | 'UNREACHABLE';

/** Thrown when a request got no reply. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpFault;

  constructor(code: HttpFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface HttpRequest {
  url: URL;
  method: 'GET' | 'POST';
  /** With GET they go into the query string, nested ones as JSON text, null ones not at all; with POST into a JSON body. */
  fields: Readonly<Record<string, unknown>>;
  /** From the first step to the open TCP connection. */
  connectLimitMs: number;
  /** From the open connection to the last byte of the reply. */
  replyLimitMs: number;
  /** Statuses after which the request is made once more. */
  retriedStatuses: readonly number[];
  signal?: AbortSignal | undefined;
}

export interface HttpReply {
  status: number;
  contentType: string | undefined;
  body: string;
  /** 1 or 2. */
  attempts: number;
}

const RETRIED_FAULTS: readonly HttpFault[] = ['CONNECT_TIMEOUT', 'REPLY_TIMEOUT', 'CONNECTION_RESET'];

/**
 * Makes a webhook request by the rule of Vonage's voice docs: a time-out, a reset connection or one of a few statuses gets
 * one more try, anything else none.
 *
 * @throws {HttpError} where the last try got no reply.
 */
export async function exchange(request: HttpRequest): Promise<HttpReply> {
  try {
    const reply = await exchangeOnce(request, 1);
    if (!request.retriedStatuses.includes(reply.status)) return reply;
  } catch (error) {
    if (!(error instanceof HttpError && RETRIED_FAULTS.includes(error.code))) throw error;
  }
  return exchangeOnce(request, 2);
}

function exchangeOnce(request: HttpRequest, attempts: number): Promise<HttpReply> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
  const url = new URL(request.url);
  const body = request.method === 'POST' ? Buffer.from(JSON.stringify(request.fields)) : undefined;
  if (!body) addToQuery(url, request.fields);

  const outgoing = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: request.method,
    headers: body ? { 'content-type': 'application/json', 'content-length': body.length } : {},
    // A connection of its own: one that was kept alive may be closing just now, which would look like a reset.
    agent: false,
    ...(request.signal && { signal: request.signal }),
  });
  const within = (limitMs: number, code: HttpFault, message: string) =>
    setTimeout(() => outgoing.destroy(new HttpError(code, message)), limitMs);

  let limit = within(request.connectLimitMs, 'CONNECT_TIMEOUT', `no connection within ${request.connectLimitMs} ms`);
  outgoing.once('socket', (socket) =>
    socket.once('connect', () => {
      clearTimeout(limit);
      limit = within(request.replyLimitMs, 'REPLY_TIMEOUT', `no complete reply within ${request.replyLimitMs} ms`);
    }),
  );
  outgoing.once('response', (reply) => {
    readText(reply).then(
      (text) =>
        resolve({ status: reply.statusCode ?? 0, contentType: reply.headers['content-type'], body: text, attempts }),
      (error) => {
        outgoing.destroy();
        reject(explain(error, url));
      },
    );
  });
  outgoing.once('error', (error) => reject(explain(error, url)));
  outgoing.end(body);
  return promise.finally(() => clearTimeout(limit));
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

function addToQuery(url: URL, fields: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    url.searchParams.append(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
}

/** Node's error as one of ours, with a sentence that names the server. */
function explain(error: NodeJS.ErrnoException, url: URL): HttpError {
  if (error instanceof HttpError) return error;
  const options = { cause: error };
  if (error.name === 'AbortError') return new HttpError('HUNG_UP', 'the caller hung up before the reply came', options);
  switch (error.code) {
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
