import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from './eventually.ts';

/** Vonage's end of a leg, on the `ws` client: sends what it is told, keeps what comes. */
export class VonageEnd {
  readonly socket: WebSocket;
  readonly frames: Buffer[] = [];
  readonly texts: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.frames.push(data);
      else this.texts.push(data.toString());
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('error', () => {});
  }

  static async open(port: number, authorization?: string): Promise<VonageEnd> {
    const headers = authorization === undefined ? {} : { authorization };
    const end = new VonageEnd(new WebSocket(`ws://127.0.0.1:${port}/socket`, { perMessageDeflate: false, headers }));
    await once(end.socket, 'open');
    return end;
  }

  /** The first text message, as Vonage sends it; our NCCO's headers stand beside its own keys. */
  connected(headers: Readonly<Record<string, unknown>> = {}, contentType: unknown = 'audio/l16;rate=16000'): void {
    this.text({ event: 'websocket:connected', 'content-type': contentType, ...headers });
  }

  text(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  audio(frame: Uint8Array): void {
    this.socket.send(frame, { binary: true });
  }

  /** Sends frames and asserts that they come back, the same bytes in the same order, and nothing before them. */
  async echoes(...frames: Uint8Array[]): Promise<void> {
    const before = this.frames.length;
    for (const frame of frames) this.audio(frame);
    await eventually('the echo', () => this.frames.length >= before + frames.length);
    assert.deepEqual(
      this.frames.slice(before),
      frames.map((frame) => Buffer.from(frame)),
    );
  }

  /** Whatever was sent before this has been handled by the gateway when it resolves. */
  async settled(): Promise<void> {
    this.socket.ping();
    await once(this.socket, 'pong');
  }

  async hangUp(code = 1000, reason = ''): Promise<void> {
    this.socket.close(code, reason);
    await this.closed;
  }
}

/** A frame that is told from others by its first bytes. */
export function frame(bytes: number, number = 0): Buffer {
  const buffer = Buffer.alloc(bytes, 0x2a);
  buffer.writeUInt32LE(number);
  return buffer;
}
