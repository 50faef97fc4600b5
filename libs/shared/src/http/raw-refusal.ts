import { maxHeaderSize, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** What Node.js finds wrong with a request that reaches no route; whatever else it is, the request cannot be read. */
const UNREADABLE: Readonly<Record<string, { status: number; code: string; message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'REQUEST_TIMEOUT',
    message: 'the request did not come to its end in time',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'HEADERS_TOO_LARGE',
    message: `the header is larger than ${maxHeaderSize} bytes`,
  },
};
const BAD_REQUEST = { status: 400, code: 'BAD_REQUEST', message: 'the request cannot be read' };

/** For a server's `clientError`: does as Node.js does where nobody listens, but for the body of the answer. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // The field is Node.js' own, and nothing else says so: in the middle of an answer another one would be part of its body.
  const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse | null };
  if (socket.writable && !answer?.headersSent) {
    const { status, code, message } = UNREADABLE[error.code ?? ''] ?? BAD_REQUEST;
    socket.write(refusalText(status, code, message));
  }
  socket.destroy(error);
}

/** A refusal as it goes over the wire, for a socket on which there is no response to write to. The connection ends with it. */
export function refusalText(status: number, code: string, message: string, headers: readonly string[] = []): string {
  const body = JSON.stringify({ error: { code, message } });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}
