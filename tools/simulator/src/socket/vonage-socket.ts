import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { bytesPerFrame, contentTypeOf, type SampleRateHz } from '../media/audio-format.ts';
import type { RuleSettings } from '../rules/rule-settings.ts';
import { shownUrl } from '../webhook/shown-url.ts';
import { explainTls } from '../webhook/tls.ts';
import { FragmentWatch } from './fragment-watch.ts';

const HANDSHAKE_LIMIT_MS = 5000;
/** How long the application may take to answer our close frame before the connection is cut. */
const CLOSE_LIMIT_MS = 2000;
/** Large enough to see and count an oversized message instead of failing on it. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A connection that ended without a close frame (RFC 6455, 7.1.5). */
const NO_CLOSE_FRAME = 1006;
/** What may wait for an application that does not read: half a minute of audio at 16 kHz. */
export const MOST_UNREAD_BYTES = 1024 * 1024;
const PING_INTERVAL_MS = 20_000;
/** The sub-protocol of the open-source bridge that the endpoint came from. */
const WSBRIDGE = 'WSBRIDGE';

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
  readonly code: number;
  readonly reason: string;
  /** `platform`: Vonage's side closed or cut it. `connection`: it broke, or was cut without a close frame. */
  readonly by: 'caller' | 'platform' | 'application' | 'connection';
}

export interface VonageSocketOptions {
  readonly uri: string;
  readonly sampleRateHz: SampleRateHz;
  /** Become top-level keys of the first message. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
  readonly rules: RuleSettings;
  readonly signal: AbortSignal | undefined;
  /** @param inFragments the message came in more than one piece. */
  readonly onAudio: (message: Buffer, inFragments: boolean) => void;
  readonly onText: (text: string) => void;
}

/** Vonage's end of a call's WebSocket: a plain RFC 6455 client without extensions or a sub-protocol. */
export class VonageSocket {
  /** What ended the connection where it was a breach of the protocol. */
  protocolError: string | undefined;
  /** Settles once, and never rejects. */
  readonly closed: Promise<SocketClose>;

  readonly #socket: WebSocket;
  readonly #options: VonageSocketOptions;
  readonly #fragments = new FragmentWatch();
  /** What waits while the network is cut; undefined while it is not. */
  #held: (string | Buffer)[] | undefined;
  #closedBy: 'caller' | 'platform' | undefined;
  #isCut = false;
  #isHungUp = false;

  private constructor(options: VonageSocketOptions) {
    this.#options = options;
    const { rules } = options;
    this.#socket = new WebSocket(options.uri, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      headers: upgradeHeaders(options),
      rejectUnauthorized: rules.is('3.6.8', 'refused'),
      ...(rules.is('3.1.5', 'wsbridge') && { origin: new URL(options.uri).host }),
    });
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', (code, reason) =>
        resolve({ code, reason: reason.toString(), by: this.#closedByWhom(code) }),
      );
    });
    this.#socket.once('upgrade', (response) => this.#onUpgrade(response));
    // Listened to before the socket is open, as an application may speak first.
    this.#socket.on('message', (message: Buffer, isBinary) => {
      const inFragments = this.#fragments.next();
      // What had come in with the message for which the connection was cut.
      if (this.#isCut) return;
      if (isBinary) options.onAudio(message, inFragments);
      else options.onText(message.toString());
    });
  }

  /**
   * Opens the socket and sends the first message.
   *
   * @throws {SocketError} where the application refuses, does not answer in 5 s, or cannot be reached.
   */
  static async open(options: VonageSocketOptions): Promise<VonageSocket> {
    const socket = VonageSocket.#create(options);
    await socket.#opened();
    socket.#greet();
    socket.#pingNowAndThen();
    return socket;
  }

  static #create(options: VonageSocketOptions): VonageSocket {
    try {
      return new VonageSocket(options);
    } catch (error) {
      // An address with a fragment, or a header that HTTP does not know.
      throw explain(error as Error, options.uri);
    }
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** The connection was cut from this side: whatever has come in since is not heard. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** It was closed from this side, in the way in which Vonage ends a leg. */
  get isHungUp(): boolean {
    return this.#isHungUp;
  }

  /** @returns false where the frame is not sent, as too much waits already for an application that does not read. */
  sendAudio(frame: Buffer): boolean {
    if (this.#held) {
      this.#held.push(frame);
      return true;
    }
    if (!this.isOpen || this.#socket.bufferedAmount > MOST_UNREAD_BYTES) return false;
    this.#socket.send(frame);
    return true;
  }

  sendEvent(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#sendText(JSON.stringify({ event, ...fields }));
  }

  /** Nothing gets through in either direction, as in a network that has gone: TCP keeps it all for later. */
  hold(): void {
    if (this.#held || !this.isOpen) return;
    this.#held = [];
    this.#socket.pause();
  }

  /** The network is back, and all that waited comes at once. */
  release(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    for (const message of held) if (this.isOpen) this.#socket.send(message);
    this.#socket.resume();
  }

  /**
   * Closes as Vonage does when the call ends; resolves when the socket is closed.
   *
   * @param by whoever ends it: the caller who hangs up, or Vonage's side.
   */
  async hangUp(by: 'caller' | 'platform'): Promise<SocketClose> {
    this.release();
    if (this.isOpen) {
      this.#closedBy ??= by;
      this.#isHungUp = true;
      if (this.#options.rules.is('3.6.6', '1006')) this.#socket.terminate();
      else this.#socket.close(1000);
    }
    const cut = setTimeout(() => this.#socket.terminate(), CLOSE_LIMIT_MS);
    try {
      return await this.closed;
    } finally {
      clearTimeout(cut);
    }
  }

  /** Cuts the connection without a close frame: the application sees 1006. */
  break(by: 'platform' | 'connection'): void {
    if (by === 'platform') this.#closedBy ??= by;
    this.#isCut = true;
    this.#socket.terminate();
  }

  #opened(): Promise<void> {
    const { uri, signal } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => {
      reject(new SocketError('HUNG_UP', 'the call ended before the socket was open'));
      this.#socket.terminate();
    };
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    this.#socket.once('open', resolve);
    this.#socket.once('unexpected-response', (request, response: IncomingMessage) => {
      reject(
        new SocketError('SOCKET_REFUSED', `${shownUrl(uri)} answered the upgrade with status ${response.statusCode}`),
      );
      request.destroy();
    });
    this.#socket.on('error', (error) => {
      // What a server sends after we have said goodbye does not matter any more.
      if (!this.#closedBy) this.protocolError ??= explainBreach(error);
      reject(explain(error, uri));
    });
    return promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  #onUpgrade(response: IncomingMessage): void {
    // Ahead of ws, so that what is known of a message is known when it comes; but not before ws listens as well: a listener
    // alone would take from it what came in one piece with the response.
    this.#socket.once('open', () =>
      response.socket.prependListener('data', (chunk: Buffer) => this.#fragments.onData(chunk)),
    );
    // ws takes a sub-protocol only if it was told of it, and fails without one if it was; here both are right.
    if (response.headers['sec-websocket-protocol'] === WSBRIDGE) delete response.headers['sec-websocket-protocol'];
  }

  #greet(): void {
    const { rules, sampleRateHz, headers } = this.#options;
    const event = rules.is('3.2.3', 'event') ? { event: 'websocket:connected' } : {};
    const text = JSON.stringify({ ...event, 'content-type': contentTypeOf(sampleRateHz), ...headers });
    if (rules.is('3.2.6', 'audio-first')) this.sendAudio(Buffer.alloc(bytesPerFrame(sampleRateHz)));
    this.#sendText(rules.is('3.2.4', 'leading') ? ` ${text}` : text);
  }

  #pingNowAndThen(): void {
    if (this.#options.rules.is('3.6.7', 'none')) return;
    const timer = setInterval(() => this.isOpen && !this.#held && this.#socket.ping(), PING_INTERVAL_MS);
    void this.closed.then(() => clearInterval(timer));
  }

  #sendText(text: string): void {
    if (this.#held) this.#held.push(text);
    else if (this.isOpen) this.#socket.send(text);
  }

  #closedByWhom(code: number): SocketClose['by'] {
    if (this.#closedBy) return this.#closedBy;
    return code === NO_CLOSE_FRAME ? 'connection' : 'application';
  }
}

function upgradeHeaders({ rules, authorization, headers }: VonageSocketOptions): Record<string, string> {
  const own = rules.is('3.1.4', 'yes') ? Object.entries(headers).filter(([name]) => /^[\w-]+$/.test(name)) : [];
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name, headerText(value)])),
    ...(authorization !== undefined && { authorization }),
    ...(rules.is('3.1.5', 'wsbridge') && { 'sec-websocket-protocol': WSBRIDGE }),
  };
}

const headerText = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/[^\x20-\x7e]/g, '?');

const explainBreach = (error: NodeJS.ErrnoException): string =>
  error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
    ? `the application sent a message of more than ${MAX_MESSAGE_BYTES} bytes`
    : error.message;

function explain(error: NodeJS.ErrnoException, uri: string): SocketError {
  const options = { cause: error };
  if (error.message === 'Opening handshake has timed out') {
    return new SocketError(
      'SOCKET_TIMEOUT',
      `${shownUrl(uri)} did not answer the upgrade within ${HANDSHAKE_LIMIT_MS} ms`,
      options,
    );
  }
  const why = explainTls(error) ?? (error.message || error.code);
  return new SocketError('SOCKET_UNREACHABLE', `cannot open ${shownUrl(uri)}: ${why}`, options);
}
