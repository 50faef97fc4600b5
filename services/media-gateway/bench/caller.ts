import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The largest that one read takes; one for all calls, as it is done with when the read's callback returns. */
const READ_BYTES = 65_536;
const readBuffer = Buffer.alloc(READ_BYTES);

const BINARY = 2;
const TEXT = 1;

/**
 * One call on a bare TCP socket, and when each frame of audio came. It looks at the heads of messages only and makes no
 * garbage: the callers are to be less busy than what they measure.
 */
export class Caller {
  readonly arrivalsMs: number[] = [];
  wrongSize = 0;
  readonly #socket: Socket;
  readonly #bytesPerFrame: number;
  readonly #talk: Buffer;
  #upgraded = false;
  readonly #head = Buffer.alloc(4);
  #headBytes = 0;
  /** Bytes of the message at hand that have not come yet. */
  #missing = 0;
  #isAudio = false;

  constructor(port: number, frame: Buffer) {
    this.#bytesPerFrame = frame.length;
    this.#talk = message(BINARY, frame);
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (bytes, data) => {
          this.#read(data as Buffer, bytes);
          return true;
        },
      },
    });
  }

  /** @param hello the first text message */
  async open(hello: object): Promise<void> {
    await once(this.#socket, 'connect');
    this.#socket.write(
      'GET /socket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    this.#socket.write(message(TEXT, Buffer.from(JSON.stringify(hello))));
  }

  talk(): void {
    this.#socket.write(this.#talk);
  }

  #read(data: Buffer, bytes: number): void {
    const nowMs = performance.now();
    let at = 0;
    if (!this.#upgraded) {
      const headers = data.subarray(0, bytes).toString('latin1');
      const end = headers.indexOf('\r\n\r\n');
      if (!headers.startsWith('HTTP/1.1 101') || end < 0) throw new Error(`no upgrade: ${headers}`);
      this.#upgraded = true;
      at = end + 4;
    }
    while (at < bytes) {
      if (this.#missing > 0) {
        const taken = Math.min(this.#missing, bytes - at);
        at += taken;
        this.#missing -= taken;
        if (this.#missing === 0 && this.#isAudio) this.arrivalsMs.push(nowMs);
        continue;
      }
      this.#head[this.#headBytes++] = data[at++] as number;
      const short = (this.#head[1] as number) & 0x7f;
      if (this.#headBytes < 2 || (short === 126 && this.#headBytes < 4)) continue;
      this.#isAudio = ((this.#head[0] as number) & 0x0f) === BINARY;
      this.#missing = short === 126 ? this.#head.readUInt16BE(2) : short;
      this.#headBytes = 0;
      if (this.#isAudio && this.#missing !== this.#bytesPerFrame) this.wrongSize += 1;
    }
  }
}

/** A client's message, masked with zeros. */
function message(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.of(0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0);
  return Buffer.concat([head, payload]);
}
