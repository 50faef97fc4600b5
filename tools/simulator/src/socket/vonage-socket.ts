import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

const HANDSHAKE_LIMIT_MS = 5000;
/** How long the application may take to answer our close frame before the connection is cut. */
const CLOSE_LIMIT_MS = 2000;
/** Large enough to see and count an oversized message instead of failing on it. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A connection that ended without a close frame (RFC 6455, 7.1.5). */
const NO_CLOSE_FRAME = 1006;

export type SocketFault = 'SOCKET_REFUSED' | 'SOCKET_TIMEOUT' | 'SOCKET_UNREACHABLE' | 'HUNG_UP';

/** Why the socket did not open; in a report, the reason why no audio was sent. */
export class SocketError extends Error {
  override readonly name = 'SocketError';
  readonly code: SocketFault;

  constructor(code: SocketFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface SocketClose {
  /** RFC 6455, 7.4; 1006 where the connection ended without a close frame. */
  code: number;
  reason: string;
  /** `connection`: it broke, or was cut without a close frame. */
  by: 'caller' | 'application' | 'connection';
}

interface VonageSocketOptions {
  uri: string;
  contentType: string;
  /** Become top-level keys of the first message. */
  headers: Readonly<Record<string, unknown>>;
  authorization: string | undefined;
  signal: AbortSignal | undefined;
  onAudio: (message: Buffer) => void;
}

/** Vonage's end of a call's WebSocket: a plain RFC 6455 client without extensions or a sub-protocol. */
export class VonageSocket {
  /** Text messages of the application: commands and anything else. */
  textMessages = 0;
  /** The first text message that is no command, cut to 80 characters. */
  firstUnknownText: string | undefined;
  /** What ended the connection where it was a breach of the protocol. */
  protocolError: string | undefined;
  /** Settles once, and never rejects. */
  readonly closed: Promise<SocketClose>;

  readonly #socket: WebSocket;
  readonly #options: VonageSocketOptions;
  #hungUp = false;

  private constructor(options: VonageSocketOptions) {
    this.#options = options;
    this.#socket = new WebSocket(options.uri, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      headers: options.authorization === undefined ? {} : { authorization: options.authorization },
    });
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', (code, reason) =>
        resolve({ code, reason: reason.toString(), by: this.#closedBy(code) }),
      );
    });
    // Listened to before the socket is open, as an application may speak first.
    this.#socket.on('message', (message: Buffer, isBinary) => {
      if (isBinary) options.onAudio(message);
      else this.#onText(message.toString());
    });
  }

  /**
   * Opens the socket and sends the first message.
   *
   * @throws {SocketError} where the application refuses, does not answer in 5 s, or cannot be reached.
   */
  static async open(options: VonageSocketOptions): Promise<VonageSocket> {
    const socket = new VonageSocket(options);
    await socket.#opened();
    socket.#sendText({ event: 'websocket:connected', 'content-type': options.contentType, ...options.headers });
    return socket;
  }

  sendAudio(frame: Buffer): void {
    this.#socket.send(frame);
  }

  sendDtmf(digit: string, durationMs: number): void {
    this.#sendText({ event: 'websocket:dtmf', digit, duration: durationMs });
  }

  /** Closes with 1000, as Vonage does when a caller hangs up; resolves when the socket is closed. */
  async hangUp(): Promise<SocketClose> {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#hungUp = true;
      this.#socket.close(1000);
    }
    const cut = setTimeout(() => this.#socket.terminate(), CLOSE_LIMIT_MS);
    try {
      return await this.closed;
    } finally {
      clearTimeout(cut);
    }
  }

  #opened(): Promise<void> {
    const { uri, signal } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => {
      reject(new SocketError('HUNG_UP', 'the caller hung up before the socket was open'));
      this.#socket.terminate();
    };
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    this.#socket.once('open', resolve);
    this.#socket.once('unexpected-response', (request, response: IncomingMessage) => {
      reject(new SocketError('SOCKET_REFUSED', `${uri} answered the upgrade with status ${response.statusCode}`));
      request.destroy();
    });
    this.#socket.on('error', (error) => {
      this.protocolError ??= error.message;
      reject(explain(error, uri));
    });
    return promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  #onText(text: string): void {
    this.textMessages++;
    const command = parseCommand(text);
    if (command?.action === 'clear') this.#sendText({ event: 'websocket:cleared' });
    else if (command?.action === 'notify') this.#sendText({ event: 'websocket:notify', payload: command.payload });
    else this.firstUnknownText ??= text.slice(0, 80);
  }

  #sendText(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  #closedBy(code: number): SocketClose['by'] {
    if (this.#hungUp) return 'caller';
    return code === NO_CLOSE_FRAME ? 'connection' : 'application';
  }
}

function parseCommand(text: string): { action?: unknown; payload?: unknown } | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function explain(error: NodeJS.ErrnoException, uri: string): SocketError {
  const options = { cause: error };
  if (error.message === 'Opening handshake has timed out') {
    return new SocketError(
      'SOCKET_TIMEOUT',
      `${uri} did not answer the upgrade within ${HANDSHAKE_LIMIT_MS} ms`,
      options,
    );
  }
  return new SocketError('SOCKET_UNREACHABLE', `cannot open ${uri}: ${error.message || error.code}`, options);
}
