import { type ClientOptions, WebSocket } from 'ws';
import { type MessageFromService, type MessageToService, parseMessage, type SessionStart } from './protocol.ts';

/** The largest message that is taken from the service, bytes: five seconds of audio. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** What may wait in the socket for a service that reads slowly, bytes: a second of audio. */
const MAX_UNSENT_BYTES = 48_000;

/** How long the service has to answer our close frame before the connection is cut, ms. */
const CLOSE_TIMEOUT_MS = 1000;

export interface SessionParts {
  readonly url: string;
  readonly token: string | undefined;
  /** How long the service may take to start the session, and to answer a ping, ms. */
  readonly timeoutMs: number;
  readonly start: SessionStart;
  readonly onStarted: () => void;
  readonly onMessage: (message: MessageFromService) => void;
  readonly onAudio: (audio: Buffer) => void;
}

export interface SessionEnd {
  /** For the log: nothing in it is the service's own words. */
  readonly reason: string;
  /** Where the service answered with HTTP instead of a WebSocket. */
  readonly status: number | undefined;
}

/** One WebSocket to the service, and the session on it. */
export class SpeechSession {
  /** Fulfilled when the socket is gone, whatever the reason was; rejects with what `onMessage` or `onAudio` throws. */
  readonly closed: Promise<SessionEnd>;
  readonly #parts: SessionParts;
  readonly #ws: WebSocket;
  #isStarted = false;
  /** Something has come since the last look. */
  #isAlive = true;
  #reason: string | undefined;
  #status: number | undefined;

  /** @throws SyntaxError for a URL that is none for a WebSocket, such as one with a fragment */
  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { url, token, start, timeoutMs } = parts;
    // @types/ws does not know closeTimeout yet.
    const options: ClientOptions & { closeTimeout: number } = {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    const ws = new WebSocket(url, options);
    this.#ws = ws;
    // One clock for everything: the connection, the handshake, the session's start, and then whether the service still lives.
    const watch = setInterval(() => this.#watch(), timeoutMs);
    ws.on('open', () => this.#sendText(start));
    ws.on('pong', () => {
      this.#isAlive = true;
    });
    ws.on('unexpected-response', (_request, { statusCode }) => {
      this.#status = statusCode;
      this.#cut(`HTTP status ${statusCode}`);
    });
    ws.on('error', (error: NodeJS.ErrnoException) => {
      this.#reason ??= error.code ?? error.message;
    });
    this.closed = new Promise((resolve, reject) => {
      ws.on('message', (data: Buffer, isBinary) => {
        try {
          this.#onMessage(data, isBinary);
        } catch (error) {
          // What is thrown through ws leaves it in the middle of a message, and then it never says that it is closed.
          reject(error);
          ws.terminate();
        }
      });
      ws.on('close', (code) => {
        clearInterval(watch);
        resolve({ reason: this.#reason ?? `closed with ${code}`, status: this.#status });
      });
    });
  }

  /** Whether the session has started, and the service reads what it is sent. */
  get isReady(): boolean {
    return this.#isStarted && this.#ws.readyState === WebSocket.OPEN && this.#ws.bufferedAmount <= MAX_UNSENT_BYTES;
  }

  /** To be asked for {@link isReady} before. */
  send(message: MessageToService | Buffer): void {
    if (Buffer.isBuffer(message)) this.#ws.send(message);
    else this.#sendText(message);
  }

  /** Reads nothing any more, so that the service has to wait with what it sends. */
  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  /** Ends the session, in whatever state it is, and is fulfilled when the socket is gone: after a second at the latest. */
  close(): Promise<SessionEnd> {
    if (this.#ws.readyState === WebSocket.CONNECTING) {
      this.#ws.terminate();
    } else {
      if (this.#isStarted && this.#ws.readyState === WebSocket.OPEN) this.#sendText({ type: 'session.end' });
      // The answer to the close frame has to be read.
      this.#ws.resume();
      this.#ws.close(1000);
    }
    return this.closed;
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    this.#isAlive = true;
    // What is still under way when we have closed is nobody's.
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    if (isBinary) {
      if (this.#isStarted) this.#parts.onAudio(data);
      return;
    }
    const message = parseMessage(data);
    if (message?.type === 'session.started') {
      if (this.#isStarted) return;
      this.#isStarted = true;
      this.#parts.onStarted();
    } else if (message && this.#isStarted) {
      this.#parts.onMessage(message);
    }
  }

  #watch(): void {
    // Left unread by us: whether it lives, nobody can tell.
    if (this.#ws.isPaused) this.#isAlive = true;
    if (!this.#isStarted) this.#cut('no session in time');
    else if (!this.#isAlive) this.#cut('no answer to a ping');
    else if (this.#ws.readyState === WebSocket.OPEN) {
      this.#isAlive = false;
      this.#ws.ping();
    }
  }

  #cut(reason: string): void {
    this.#reason = reason;
    this.#ws.terminate();
  }

  #sendText(message: MessageToService): void {
    this.#ws.send(JSON.stringify(message));
  }
}
