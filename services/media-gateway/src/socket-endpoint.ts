import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { SessionRegistry } from './leg/session-registry.ts';

/** Where Vonage opens its sockets; a query is allowed and ignored. */
export const SOCKET_PATH = '/socket';

/** Largest message that is taken, bytes. Vonage's are 960 bytes of audio, or text of 512 bytes of headers and a little more. */
const MAX_MESSAGE_BYTES = 4096;

/** How long a peer has to answer our close frame before the connection is cut, ms. */
const CLOSE_TIMEOUT_MS = 2000;

/**
 * Serves WebSocket upgrades on an HTTP server. Refusals come before the upgrade, as plain HTTP with a JSON reason: 404 for
 * another path, 503 while the gateway is full or stops (a proxy may then try the next one).
 */
export function serveSockets(server: Server, registry: SessionRegistry): void {
  // @types/ws does not know closeTimeout yet.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
    // The registry is the one that keeps track.
    clientTracking: false,
    // Whatever sub-protocol a client offers, none is needed and none is known.
    handleProtocols: () => false,
  };
  const webSockets = new WebSocketServer(options);
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?', 1)[0] !== SOCKET_PATH) {
      refuse(socket, 404, 'NOT_FOUND', `WebSockets are served on ${SOCKET_PATH}`);
      return;
    }
    const refusal = registry.refusal();
    if (refusal !== undefined) {
      refuse(socket, 503, 'GATEWAY_UNAVAILABLE', refusal);
      return;
    }
    const requestId = request.headers['x-request-id'];
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      registry.open(webSocket, typeof requestId === 'string' ? requestId.slice(0, 64) : undefined);
    });
  });
}

function refuse(socket: Duplex, status: number, code: string, message: string): void {
  const body = JSON.stringify({ error: { code, message } });
  // The peer may be gone already, and a refused one has no say in how long its connection lives.
  socket.on('error', () => {});
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      ...(status === 503 ? ['retry-after: 1'] : []),
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}
