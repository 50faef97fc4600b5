import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fields = Readonly<Record<string, unknown>>;

/** The head of a request that came in. */
export interface SeenHead {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** When it came, by `performance.now()`. */
  readonly atMs: number;
}

export interface SeenRequest extends SeenHead {
  /** The body, byte by byte as it came. */
  readonly raw: Buffer;
  /** What the body holds; undefined where that is not JSON. */
  readonly json: unknown;
  /** The JSON object of the body or, of a request without a body, the query. */
  readonly fields: Fields;
}

/** How a reply differs from the usual one of its address: what is left out stays as usual. */
export interface Reply {
  readonly delayMs?: number;
  readonly status?: number;
  /** `application/json` unless given. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** The body as it is, in place of JSON. */
  readonly body?: string | Buffer;
}

/**
 * A reply; or an array, which is sent as JSON; or what takes the place of a reply: nothing at all, or a connection that is
 * closed. `no-reply` also stands for a reply that a function has written itself.
 */
export type Answer = Reply | readonly unknown[] | 'no-reply' | 'hang-up';

type MaybeAnswer = Answer | undefined;

/** An answer, or what works it out from the request; undefined: the usual one. */
export type Webhook<Context> =
  | Answer
  | ((request: SeenRequest, context: Context, response: ServerResponse) => MaybeAnswer | Promise<MaybeAnswer>);

/** Gives the first request the first answer, and so on; the last answer goes to all that come later. */
export function inTurn(...answers: readonly [Answer, ...Answer[]]): () => Answer {
  let index = 0;
  return () => answers[Math.min(index++, answers.length - 1)] as Answer;
}

export function readHead(request: IncomingMessage): SeenHead {
  const url = new URL(request.url ?? '/', 'http://application');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    atMs: performance.now(),
  };
}

export async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const head = readHead(request);
  const raw = await buffer(request);
  const json = parseJson(raw.toString());
  return { ...head, raw, json, fields: raw.length === 0 ? head.query : asFields(json) };
}

/** Undefined where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function asFields(json: unknown): Fields {
  return typeof json === 'object' && json !== null ? (json as Fields) : {};
}

/** @throws an AbortError when the signal ends a delay. */
export async function sendAnswer(response: ServerResponse, answer: Answer, usual: Reply, signal: AbortSignal) {
  if (answer === 'no-reply') return;
  if (answer === 'hang-up') {
    response.destroy();
    return;
  }
  const own: Reply = Array.isArray(answer) ? { json: answer } : (answer as Reply);
  const reply = { ...usual, ...own };
  if (reply.delayMs !== undefined) await sleep(reply.delayMs, undefined, { signal });
  const body = reply.body ?? (reply.json === undefined ? undefined : JSON.stringify(reply.json));
  response.statusCode = reply.status ?? (body === undefined ? 204 : 200);
  if (body !== undefined) response.setHeader('content-type', reply.contentType ?? 'application/json');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.end(body);
}
