import type { WebSocket } from 'ws';
import { asFields, type Fields, parseJson, type SeenHead } from './http-reply.ts';
import { Seen } from './seen.ts';

export interface SeenText {
  readonly text: string;
  /** What the text holds as JSON; empty where that is no object. */
  readonly message: Fields;
  /** When it came, by `performance.now()`. */
  readonly atMs: number;
}

/** A binary message. */
export interface SeenFrame {
  readonly bytes: number;
  /** Its bytes, where the application was told to keep them. */
  readonly audio: Buffer | undefined;
  readonly atMs: number;
}

export interface SeenClose {
  /** 1006 where the connection ended without a close frame. */
  readonly code: number;
  readonly reason: string;
  readonly atMs: number;
}

/** A WebSocket that was opened to the application, and all that came over it. */
export class SeenConnection {
  readonly socket: WebSocket;
  readonly upgrade: SeenHead;
  readonly texts = new Seen<SeenText>();
  readonly frames = new Seen<SeenFrame>();
  readonly closed: Promise<SeenClose>;

  constructor(socket: WebSocket, upgrade: SeenHead, keepAudio: boolean) {
    this.socket = socket;
    this.upgrade = upgrade;
    const { promise, resolve } = Promise.withResolvers<SeenClose>();
    this.closed = promise;
    // A protocol error of the peer: the close that follows tells of it.
    socket.on('error', () => {});
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString(), atMs: performance.now() }));
    socket.on('message', (data: Buffer, isBinary) => {
      const atMs = performance.now();
      if (isBinary) {
        this.frames.add({ bytes: data.length, audio: keepAudio ? data : undefined, atMs });
        return;
      }
      const text = data.toString();
      this.texts.add({ text, message: asFields(parseJson(text)), atMs });
    });
  }
}
