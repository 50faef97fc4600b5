/** Of a socket that takes messages. One that is closing may take them without a word, and send none. */
export const OPEN = 1;

/** The far end of a call, as far as sending goes: a `ws` socket is one as it is. */
export interface FrameSink {
  /** As a WebSocket says it: {@link OPEN}, or not. */
  readonly readyState: number;
  /** Bytes that wait in this process for the receiver to take them. */
  readonly bufferedAmount: number;
  /** One message: audio as binary, a command as text. */
  send(message: Buffer | string, options: { readonly binary: boolean }): void;
}
