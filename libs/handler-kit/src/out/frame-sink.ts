/** The far end of a call, as far as sending goes: a `ws` socket is one as it is. */
export interface FrameSink {
  /** Bytes that wait in this process for the receiver to take them. */
  readonly bufferedAmount: number;
  /** One message: audio as binary, a command as text. */
  send(message: Buffer | string, options: { readonly binary: boolean }): void;
}
