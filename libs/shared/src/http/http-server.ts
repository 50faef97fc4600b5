import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An HTTP server with limits for slow peers. A kept-alive connection stays open longer than the proxy keeps it (60 s), so
 * that the proxy never sends a request into a connection that is just being closed.
 */
export function createHttpServer(listener: RequestListener): Server {
  return createServer({ headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 75_000 }, listener);
}

/** Listens, and gives back the port (of use where 0 was asked for). Rejects when the address is taken. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Takes no more connections, closes the idle ones and waits for the requests under way. */
export async function closeHttpServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await closed;
}
