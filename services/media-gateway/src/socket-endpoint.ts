import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { refusalText } from '@kodama/shared/http';
import { TokenRefusedError } from '@kodama/shared/signing';
import { countRefusal, type Logger } from '@kodama/shared/telemetry';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { Admitted, SocketDoor } from './door/socket-door.ts';
import type { SessionRegistry } from './leg/session-registry.ts';

/** Where Vonage opens its sockets; a query is allowed and ignored. */
export const SOCKET_PATH = '/socket';

/** Largest message that is taken, bytes. Vonage's are 960 bytes of audio, or text of 512 bytes of headers and a little more. */
const MAX_MESSAGE_BYTES = 4096;

/** How long a peer has to answer our close frame before the connection is cut, ms. */
const CLOSE_TIMEOUT_MS = 2000;

export interface SocketEndpointParts {
  readonly registry: SessionRegistry;
  readonly door: SocketDoor;
  readonly logger: Logger;
}

/**
 * Serves WebSocket upgrades on an HTTP server. Refusals come before the upgrade, as plain HTTP with a JSON reason: 404 for
 * another path, 401 for who may not come in, 503 while the gateway is full or stops (a proxy may then try the next one).
 */
export function serveSockets(server: Server, { registry, door, logger }: SocketEndpointParts): void {
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
  webSockets.on('wsClientError', (error, socket) => refuse(socket, 400, 'BAD_REQUEST', error.message));
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?', 1)[0] !== SOCKET_PATH) {
      refuse(socket, 404, 'NOT_FOUND', `WebSockets are served on ${SOCKET_PATH}`);
      return;
    }
    if (request.method !== 'GET') {
      refuse(socket, 405, 'METHOD_NOT_ALLOWED', `a WebSocket is asked for by GET, not ${request.method}`);
      return;
    }
    // Before the door, where a token is used up: whoever finds no place here goes to the next gateway with it.
    const refusal = registry.keepPlace();
    if (refusal !== undefined) {
      refuse(socket, 503, 'GATEWAY_UNAVAILABLE', refusal);
      return;
    }
    const header = request.headers['x-request-id'];
    const requestId = typeof header === 'string' ? header.slice(0, 64) : undefined;
    // Nobody else listens while the door is asked.
    const gone = () => socket.destroy();
    socket.on('error', gone);
    admitted(door, request.headers.authorization)
      .then(
        ({ call }) => {
          socket.off('error', gone);
          if (socket.destroyed) return;
          webSockets.handleUpgrade(request, socket, head, (webSocket) => registry.open(webSocket, { requestId, call }));
        },
        (error: unknown) => {
          socket.off('error', gone);
          if (error instanceof TokenRefusedError) {
            countRefusal('socket', error.reason);
            logger.warn({ code: 'SOCKET_NOT_AUTHORIZED', reason: error.reason, requestId }, 'socket refused');
            refuse(socket, 401, 'SOCKET_NOT_AUTHORIZED', 'a socket needs the token of the NCCO that it is for');
            return;
          }
          logger.error({ err: error, requestId }, 'a socket could not be let in');
          refuse(socket, 500, 'INTERNAL', 'an unexpected failure; it is in the log');
        },
      )
      .finally(() => registry.giveBack());
  });
}

/** What the door says, as a promise, also where it says so at once. */
async function admitted(door: SocketDoor, authorization: string | undefined): Promise<Admitted> {
  return door.admit(authorization);
}

/** What goes with a status. */
const HEADER: Readonly<Record<number, string>> = {
  401: 'www-authenticate: Bearer',
  405: 'allow: GET',
  503: 'retry-after: 1',
};

function refuse(socket: Duplex, status: number, code: string, message: string): void {
  // The peer may be gone already, and a refused one has no say in how long its connection lives.
  socket.on('error', () => {});
  const header = HEADER[status];
  socket.end(refusalText(status, code, message, header === undefined ? [] : [header]), () => socket.destroy());
}
