import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface EchoApplicationOptions {
  /** The whole answer; a good NCCO with status 200 unless given. */
  answer?: (request: IncomingMessage, response: ServerResponse, ncco: unknown[]) => void;
  /** Keys for the connect action and its endpoint, on top of the usual ones. */
  connect?: Record<string, unknown>;
  endpoint?: Record<string, unknown>;
  /** The status of the reply to an event, and its body. */
  eventStatus?: number;
  eventBody?: string;
  /** What becomes of a frame; the index counts the frames of one socket. Echoed as it came unless given. */
  onFrame?: (socket: WebSocket, frame: Buffer, index: number) => void;
  onSocket?: (socket: WebSocket) => void;
  onText?: (socket: WebSocket, text: string) => void;
  /** The status with which upgrades are refused, or that none of them is answered. */
  refuseUpgrade?: number | 'silently';
}

export interface SeenRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

/** A real application on a port of its own that echoes, or does not, as it is told. */
export interface EchoApplication extends AsyncDisposable {
  origin: string;
  answerUrl: string;
  eventUrl: string;
  answers: SeenRequest[];
  events: SeenRequest[];
  /** Text messages of the simulator, parsed. */
  texts: unknown[];
  /** Sizes of its binary messages. */
  frameBytes: Set<number>;
  /** The headers of the last upgrade. */
  upgradeHeaders: IncomingMessage['headers'];
  closeCodes: number[];
}

export async function startEchoApplication(options: EchoApplicationOptions = {}): Promise<EchoApplication> {
  const server = createServer((request, response) => void serve(request, response));
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const application: EchoApplication = {
    origin,
    answerUrl: `${origin}/ncco`,
    eventUrl: `${origin}/webhooks/event`,
    answers: [],
    events: [],
    texts: [],
    frameBytes: new Set(),
    upgradeHeaders: {},
    closeCodes: [],
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  const ncco = [
    { action: 'talk', text: 'You are being connected.' },
    {
      action: 'connect',
      ...options.connect,
      endpoint: [
        {
          type: 'websocket',
          uri: `ws://127.0.0.1:${port}/socket`,
          'content-type': 'audio/l16;rate=16000',
          headers: { leg: 'abc' },
          ...options.endpoint,
        },
      ],
    },
  ];

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', origin);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: text === '' ? undefined : JSON.parse(text),
    };
    if (url.pathname !== '/ncco') {
      application.events.push(seen);
      response.writeHead(options.eventStatus ?? 204).end(options.eventBody);
      return;
    }
    application.answers.push(seen);
    if (options.answer) options.answer(request, response, ncco);
    else sendJson(response, ncco);
  }

  server.on('upgrade', (request, socket, head) => {
    application.upgradeHeaders = request.headers;
    if (options.refuseUpgrade === 'silently') {
      // Node's HTTP server leaves its half of a connection open until it is told.
      socket.once('end', () => socket.end()).resume();
      return;
    }
    if (options.refuseUpgrade) {
      socket.end(`HTTP/1.1 ${options.refuseUpgrade} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      let index = 0;
      options.onSocket?.(webSocket);
      webSocket.on('close', (code) => application.closeCodes.push(code));
      webSocket.on('message', (message: Buffer, isBinary) => {
        if (!isBinary) {
          application.texts.push(JSON.parse(message.toString()));
          options.onText?.(webSocket, message.toString());
          return;
        }
        application.frameBytes.add(message.length);
        if (options.onFrame) options.onFrame(webSocket, message, index++);
        else webSocket.send(message);
      });
    });
  });
  return application;
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
