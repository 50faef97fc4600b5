import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  maxHeaderSize,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 75_000,
  // How often the first two are looked at; by default Node.js does so twice a minute, and they would be 40 seconds or more.
  connectionsCheckingInterval: 1000,
};

/**
 * An HTTP server with limits for slow peers. A kept-alive connection stays open longer than the proxy keeps it (60 s), so
 * that the proxy never sends a request into a connection that is just being closed. Of upgrades it takes those to a
 * WebSocket, where somebody listens for them; whoever asks for another one (`curl --http2` does) gets plain HTTP. What it
 * cannot read is refused in JSON, as everything else is.
 */
export function createHttpServer(listener: RequestListener, limits: ServerOptions = {}): Server {
  const shouldUpgradeCallback = (request: IncomingMessage): boolean =>
    server.listenerCount('upgrade') > 0 && request.headers.upgrade?.toLowerCase() === 'websocket';
  const server: Server = createServer({ ...LIMITS, ...limits, shouldUpgradeCallback }, listener);
  server.on('clientError', refuseUnreadable);
  return server;
}

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

/** Does as Node.js does where nobody listens, but for the body of the answer. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
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

/** Connections that may wait to be taken: a burst of calls comes all at once, and Node.js lets 511. The kernel's own limit counts too. */
const BACKLOG = 4096;

/** Listens, and gives back the port (of use where 0 was asked for). Rejects when the address is taken. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen({ port, host, backlog: BACKLOG });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** How long requests under way may take while a server closes, ms: longer than any of ours takes to answer. */
const CLOSE_GRACE_MS = 3000;
const IDLE_SWEEP_MS = 20;

/**
 * Takes no more connections, closes the idle ones and waits for the requests under way. After the grace time it cuts what
 * is left: a connection that has sent nothing yet, or half a request, does not count as idle, and would hold up the stop.
 */
export async function closeHttpServer(server: Server, { graceMs = CLOSE_GRACE_MS } = {}): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  // Again and again: a connection whose request has just been answered is kept, and idle only from then on.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
