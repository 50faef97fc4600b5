import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseUnreadable } from './raw-refusal.ts';

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
