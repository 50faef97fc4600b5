import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Certificate } from './certificates.ts';
import {
  type Fields,
  type Reply,
  readHead,
  readRequest,
  type SeenHead,
  type SeenRequest,
  sendAnswer,
  type Webhook,
} from './http-reply.ts';
import { Seen } from './seen.ts';
import { SeenConnection } from './seen-connection.ts';
import { echo, type SocketBehaviour } from './socket-behaviours.ts';
import { toneWav } from './tone-samples.ts';

/** What becomes of an upgrade: anything but `accept` leaves it without a WebSocket. */
export type UpgradeAnswer = 'accept' | 'no-reply' | 'hang-up' | (Pick<Reply, 'headers'> & { readonly status: number });

/** How an application differs from a good one, which connects every call to its socket and echoes there. */
export interface ApplicationOptions {
  /** The answer webhook; its usual reply is {@link Application.ncco}. */
  readonly answer?: Webhook<Application>;
  /** The fallback webhook; its usual reply is the same. */
  readonly fallback?: Webhook<Application>;
  /** The event webhook, which has every other path below `/webhooks/`; its usual reply is an empty 204. */
  readonly events?: Webhook<Application>;
  /** More paths, each with what it replies; the usual reply is an empty 204. */
  readonly paths?: Readonly<Record<string, Webhook<Application>>>;
  /** Keys of the usual connect action and of its endpoint, on top of the necessary ones. */
  readonly connect?: Fields;
  readonly endpoint?: Fields;
  readonly upgrade?: UpgradeAnswer | ((request: SeenHead) => UpgradeAnswer | Promise<UpgradeAnswer>);
  readonly socket?: SocketBehaviour;
  /** Serves https and wss instead of http and ws. */
  readonly certificate?: Certificate;
  /** Keep the bytes of the frames, and not their number alone. */
  readonly keepAudio?: boolean;
}

/** A voice application on a port of its own, and all that has come in. */
export interface Application extends AsyncDisposable {
  readonly origin: string;
  readonly answerUrl: string;
  readonly fallbackUrl: string;
  readonly eventUrl: string;
  /** One second of a tone of 440 Hz, as WAV of 16 kHz. */
  readonly audioUrl: string;
  readonly socketUri: string;
  /** The usual answer: one connect action. */
  readonly ncco: readonly Fields[];
  /** Requests to any path. */
  readonly requests: Seen<SeenRequest>;
  readonly answers: Seen<SeenRequest>;
  readonly fallbacks: Seen<SeenRequest>;
  readonly events: Seen<SeenRequest>;
  /** Upgrade requests, the refused ones too. */
  readonly upgrades: Seen<SeenHead>;
  readonly connections: Seen<SeenConnection>;
}

export async function startApplicationServer(options: ApplicationOptions = {}): Promise<Application> {
  const { certificate } = options;
  const server = certificate ? createHttpsServer({ ...certificate }) : createHttpServer();
  const webSockets = new WebSocketServer({ noServer: true });
  const stopped = new AbortController();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `${certificate ? 'https' : 'http'}://${host}`;
  const socketUri = `${certificate ? 'wss' : 'ws'}://${host}/socket`;
  const endpoint = { type: 'websocket', uri: socketUri, 'content-type': 'audio/l16;rate=16000', ...options.endpoint };
  const application: Application = {
    origin,
    answerUrl: `${origin}/webhooks/answer`,
    fallbackUrl: `${origin}/webhooks/fallback`,
    eventUrl: `${origin}/webhooks/events`,
    audioUrl: `${origin}/audio.wav`,
    socketUri,
    ncco: [{ action: 'connect', ...options.connect, endpoint: [endpoint] }],
    requests: new Seen(),
    answers: new Seen(),
    fallbacks: new Seen(),
    events: new Seen(),
    upgrades: new Seen(),
    connections: new Seen(),
    async [Symbol.asyncDispose]() {
      stopped.abort();
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };

  const usualAnswer: Reply = { json: application.ncco };
  const paths: Readonly<Record<string, Webhook<Application>>> = {
    '/audio.wav': { contentType: 'audio/wav', body: toneWav(440, 1000, 16_000) },
    ...options.paths,
  };

  /** Writes the request down where it belongs, and says what is done with it. */
  function route(request: SeenRequest): { webhook: Webhook<Application>; usual: Reply } {
    application.requests.add(request);
    if (request.path === '/webhooks/answer') {
      application.answers.add(request);
      return { webhook: options.answer ?? {}, usual: usualAnswer };
    }
    if (request.path === '/webhooks/fallback') {
      application.fallbacks.add(request);
      return { webhook: options.fallback ?? {}, usual: usualAnswer };
    }
    if (request.path.startsWith('/webhooks/')) {
      application.events.add(request);
      return { webhook: options.events ?? {}, usual: {} };
    }
    return { webhook: paths[request.path] ?? { status: 404 }, usual: {} };
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse) {
    const request = await readRequest(incoming);
    const { webhook, usual } = route(request);
    const answer = typeof webhook === 'function' ? await webhook(request, application, response) : webhook;
    await sendAnswer(response, answer ?? {}, usual, stopped.signal);
  }

  async function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer) {
    const request = readHead(incoming);
    application.upgrades.add(request);
    const { upgrade: decide = 'accept', socket: behave = echo, keepAudio = false } = options;
    const answer = typeof decide === 'function' ? await decide(request) : decide;
    if (answer === 'accept') {
      webSockets.handleUpgrade(incoming, socket, head, (webSocket) => {
        const connection = new SeenConnection(webSocket, request, keepAudio);
        application.connections.add(connection);
        behave(connection);
      });
    } else if (answer === 'hang-up') {
      socket.destroy();
    } else if (answer === 'no-reply') {
      // Node's HTTP server leaves its half of a connection open until it is told.
      socket.once('end', () => socket.end()).resume();
    } else {
      const headers = { connection: 'close', 'content-length': '0', ...answer.headers };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines.join('')}\r\n`);
    }
  }

  /** A peer that goes away, or the end of the test, is no fault of the application's; the rest fails the test that is on. */
  const unlessGone = (error: NodeJS.ErrnoException) => {
    if (!stopped.signal.aborted && error.code !== 'ECONNRESET') throw error;
  };
  server.on('request', (request, response) => void serve(request, response).catch(unlessGone));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    void upgrade(request, socket, head).catch(unlessGone);
  });
  return application;
}
