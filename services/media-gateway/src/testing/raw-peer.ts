import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export const OPCODE = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;

export interface WireFrame {
  readonly fin: boolean;
  /** RSV1 to RSV3, of which extensions make use. */
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** How a frame is written, where it differs from what a good client writes. */
export interface FrameFaults {
  readonly fin?: boolean;
  readonly masked?: boolean;
  readonly rsv?: number;
}

/** One RFC 6455 frame as a client writes it. */
export function encodeFrame(
  opcode: number,
  payload: Uint8Array,
  { fin = true, masked = true, rsv = 0 }: FrameFaults = {},
): Buffer {
  const maskBit = masked ? 0x80 : 0;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const head =
    payload.length < 126
      ? Buffer.from([first, maskBit | payload.length])
      : Buffer.from([first, maskBit | 126, payload.length >> 8, payload.length & 0xff]);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const body = Buffer.from(payload);
  for (let index = 0; index < body.length; index++) body[index] = Number(body[index]) ^ Number(mask[index % 4]);
  return Buffer.concat([head, mask, body]);
}

/** What a server answered to the request for an upgrade. */
export interface UpgradeAnswer {
  readonly status: number;
  /** The whole head, with the status line. */
  readonly head: string;
  readonly body: string;
}

/** The far end of a socket, down at the wire: it can do what no WebSocket library lets its user do. */
export class RawPeer {
  readonly socket: Socket;
  readonly answer: UpgradeAnswer;
  /** Frames that came, in order. */
  readonly frames: WireFrame[] = [];
  /** Fulfilled when the connection is gone. */
  readonly gone: Promise<unknown>;
  #rest: Buffer;

  private constructor(socket: Socket, answer: UpgradeAnswer, rest: Buffer) {
    this.socket = socket;
    this.answer = answer;
    this.gone = new Promise((resolve) => socket.once('close', resolve));
    this.#rest = Buffer.alloc(0);
    this.#take(rest);
    socket.on('data', (chunk) => this.#take(chunk));
  }

  /** Asks for an upgrade; of a refusal it waits for the whole body. */
  static connect(port: number, path = '/socket', headers: readonly string[] = []): Promise<RawPeer> {
    return RawPeer.ask(port, upgradeRequest(path, headers));
  }

  /** Sends a request, to the letter, and waits for the whole answer. */
  static ask(port: number, request: string): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => {});
    socket.write(request);
    return new Promise((resolve, reject) => {
      let bytes = Buffer.alloc(0);
      const onData = (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = bytes.subarray(0, end).toString();
        const status = Number(head.split(' ')[1]);
        const rest = bytes.subarray(end + 4);
        const length = status === 101 ? 0 : Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (rest.length < length) return;
        socket.off('data', onData);
        const answer = { status, head, body: rest.subarray(0, length).toString() };
        resolve(new RawPeer(socket, answer, rest.subarray(length)));
      };
      socket.on('data', onData);
      socket.once('close', () => reject(new Error('the connection ended before there was an answer')));
    });
  }

  send(opcode: number, payload: Uint8Array | string, faults?: FrameFaults): void {
    this.socket.write(encodeFrame(opcode, typeof payload === 'string' ? Buffer.from(payload) : payload, faults));
  }

  /** The code of the close frame that came. */
  get closeCode(): number | undefined {
    return this.frames.find(({ opcode }) => opcode === OPCODE.CLOSE)?.payload.readUInt16BE();
  }

  get binary(): Buffer[] {
    return this.frames.filter(({ opcode }) => opcode === OPCODE.BINARY).map(({ payload }) => payload);
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const bytes = this.#rest;
      if (bytes.length < 2) return;
      const [first = 0, second = 0] = bytes;
      const extended = (second & 0x7f) === 126;
      if (extended && bytes.length < 4) return;
      const start = extended ? 4 : 2;
      const end = start + (extended ? bytes.readUInt16BE(2) : second & 0x7f);
      if (bytes.length < end) return;
      const payload = Buffer.from(bytes.subarray(start, end));
      this.frames.push({ fin: first >= 0x80, rsv: (first >> 4) & 7, opcode: first & 15, payload });
      this.#rest = bytes.subarray(end);
    }
  }
}

export function upgradeRequest(path = '/socket', headers: readonly string[] = []): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: gateway',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...headers,
    '\r\n',
  ].join('\r\n');
}
