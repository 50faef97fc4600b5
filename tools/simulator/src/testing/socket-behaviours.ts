import { asFields, type Fields, parseJson } from './http-reply.ts';
import type { SeenConnection } from './seen-connection.ts';

/** What an application does with a WebSocket; begins when that is open. */
export type SocketBehaviour = (connection: SeenConnection) => void;

function onFrame({ socket }: SeenConnection, listener: (frame: Buffer, index: number) => void): void {
  let index = 0;
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) listener(data, index++);
  });
}

/** Sends every frame back as it came. */
export const echo: SocketBehaviour = (connection) => onFrame(connection, (frame) => connection.socket.send(frame));

export const silent: SocketBehaviour = () => {};

/** Sends text messages back as they came: as good as never meant, but tutorials do it. */
export const echoText: SocketBehaviour = ({ socket }) =>
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) socket.send(data.toString());
  });

/** Sends as many messages as come, each of so many bytes. */
export function resize(bytes: number): SocketBehaviour {
  return (connection) => onFrame(connection, () => connection.socket.send(Buffer.alloc(bytes)));
}

/** Sends every frame back in so many fragments of one message, 2 or more. */
export function echoInFragments(count: number): SocketBehaviour {
  return (connection) =>
    onFrame(connection, (frame) => {
      const size = Math.ceil(frame.length / count);
      for (let k = 0; k < count; k++) {
        const part = frame.subarray(k * size, (k + 1) * size);
        connection.socket.send(part, { binary: true, fin: k === count - 1 });
      }
    });
}

/** Sends the frames at once, one message each. */
export function play(frames: readonly Buffer[]): SocketBehaviour {
  return ({ socket }) => {
    for (const frame of frames) socket.send(frame);
  };
}

/** Sends so many frames of zeros at once. */
export function flood(count: number, bytes: number): SocketBehaviour {
  return play(new Array<Buffer>(count).fill(Buffer.alloc(bytes)));
}

/** Sends a text message: JSON of the fields, or the text as it is. */
export function send(message: Fields | string): SocketBehaviour {
  return ({ socket }) => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
}

export const clear: SocketBehaviour = send({ action: 'clear' });

export function notify(payload: Fields): SocketBehaviour {
  return send({ action: 'notify', payload });
}

export function close(code = 1000, reason = ''): SocketBehaviour {
  return ({ socket }) => socket.close(code, reason);
}

/** Ends the connection without a close frame. */
export const terminate: SocketBehaviour = ({ socket }) => socket.terminate();

export function all(...behaviours: readonly SocketBehaviour[]): SocketBehaviour {
  return (connection) => {
    for (const behave of behaviours) behave(connection);
  };
}

/** Begins to behave so when that many frames, 1 or more, have come; echoing begins with the one after. */
export function afterFrames(count: number, ...behaviours: readonly SocketBehaviour[]): SocketBehaviour {
  return (connection) =>
    onFrame(connection, (_, index) => {
      if (index === count - 1) all(...behaviours)(connection);
    });
}

/** Behaves so each time that a text message with this `event` comes. */
export function onText(event: string, ...behaviours: readonly SocketBehaviour[]): SocketBehaviour {
  return (connection) =>
    connection.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary && asFields(parseJson(data.toString())).event === event) all(...behaviours)(connection);
    });
}
