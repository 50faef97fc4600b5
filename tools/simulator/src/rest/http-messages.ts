import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallReply } from './call-routes.ts';
import { RestError } from './rest-error.ts';

/** Far above any NCCO. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** @throws {RestError} 413 where the body is longer than 1 MiB. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too much is still read: a connection that is cut would show the client a reset in place of the reply.
    if (bytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (bytes > BODY_LIMIT_BYTES) {
    const detail = `the body has ${bytes} bytes; ${BODY_LIMIT_BYTES} are allowed`;
    throw new RestError(413, undefined, 'The body is too long', { detail });
  }
  return Buffer.concat(chunks).toString();
}

/** The reply that an error becomes. Of one that was not foreseen the message is shown, and never its stack. */
export function refusalOf(error: unknown): CallReply {
  if (error instanceof RestError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new RestError(500, undefined, 'The simulator has failed', { detail });
}

export function send(response: ServerResponse, { status, headers, body }: CallReply): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers });
  response.end(bytes);
}
