import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Clip, silence, tone } from '@kodama/handler-kit';
import { WebSocketServer } from 'ws';
import { StandInSession } from './stand-in-session.ts';

export interface StandInOptions {
  /** Default: one that is free. */
  readonly port?: number;
  /** Without it, whoever comes is taken. */
  readonly token?: string;
  /** Answers every request for a WebSocket with this HTTP status instead. */
  readonly refusesWith?: number;
  /** Takes connections, and says nothing on them, ever. */
  readonly isMute?: boolean;
  /** What is done with a session that has started. Default {@link converse}. */
  readonly onSession?: (session: StandInSession) => void;
}

/** A speech service for tests and for trying out, on 127.0.0.1. It understands nothing: it only hears that somebody talks. */
export class StandIn implements AsyncDisposable {
  /** All connections so far, whether their session has started or not. */
  readonly sessions: StandInSession[] = [];
  /** Requests that were answered with an HTTP status. */
  refused = 0;
  readonly #options: StandInOptions;
  readonly #server = createServer();
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  private constructor(options: StandInOptions) {
    this.#options = options;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const standIn = new StandIn(options);
    standIn.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(standIn.#server, 'listening');
    return standIn;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Cuts all connections, and takes no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const webSocket of this.#webSockets.clients) webSocket.terminate();
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { token, refusesWith, isMute, onSession = converse } = this.#options;
    const { authorization } = request.headers;
    const isKnown = token === undefined || authorization === `Bearer ${token}`;
    if (refusesWith !== undefined || !isKnown) {
      this.refused += 1;
      socket.end(`HTTP/1.1 ${refusesWith ?? 401} No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new StandInSession(webSocket, authorization, this.sessions.length + 1);
      this.sessions.push(session);
      session.onMessage = ({ type }) => {
        if (type !== 'session.start' || isMute) return;
        session.say({ type: 'session.started' });
        onSession(session);
      };
    });
  }
}

const syllable = (hz: number, ms: number) => Clip.join(tone({ hz: [hz, hz * 2], ms, levelDbfs: -20 }), silence(60));

/** Something with the melody of a sentence. */
const SENTENCE = Clip.join(
  ...[180, 220, 200, 260, 240, 190, 210, 250, 230, 170, 160].map((hz, i) => syllable(hz, i % 3 === 0 ? 260 : 170)),
);

/** Greets, falls silent when the caller talks, and answers when he has done; a key is answered, too, and # ends the call. */
export function converse(session: StandInSession): void {
  const { onMessage } = session;
  session.onSpeech = (what) => {
    if (what === 'began') session.say({ type: 'speech.started' });
    else session.respond(SENTENCE);
  };
  session.onMessage = (message) => {
    onMessage(message);
    if (message.type === 'session.end') session.socket.close(1000);
    if (message.type !== 'key.pressed') return;
    session.say({ type: 'speech.started' });
    session.respond(tone({ hz: [697, 1209], ms: 400 }));
    if (message.digit === '#') session.say({ type: 'session.end' });
  };
  session.respond(Clip.join(tone({ hz: 523, ms: 250, levelDbfs: -20 }), tone({ hz: 659, ms: 350, levelDbfs: -20 })));
}
