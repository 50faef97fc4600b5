/** The part of a `ws` socket that audio goes out through. */
export interface FrameSink {
  /** Bytes that wait in this process for the receiver to take them. */
  readonly bufferedAmount: number;
  send(frame: Buffer, options: { binary: boolean }): void;
}

const BINARY = { binary: true } as const;

/**
 * Sends a frame back as it came: the same Buffer, no copy. Hot.
 *
 * @returns false when more than `maxBufferedBytes` wait already, and the frame was dropped: sound that comes late is
 * worse for a caller than sound that is missing, and a receiver that stopped reading must not fill our memory
 */
export function echo(sink: FrameSink, frame: Buffer, maxBufferedBytes: number): boolean {
  if (sink.bufferedAmount > maxBufferedBytes) return false;
  sink.send(frame, BINARY);
  return true;
}
