import type { HeaderSource, TraceSource } from '@kodama/shared/messaging';

/** A message's headers, each with all its values. */
export type MessageHeaders = HeaderSource & TraceSource & Iterable<readonly [string, readonly string[]]>;

/** A message that a consumer gives up, and why. */
export interface DeadLetter {
  readonly consumer: string;
  readonly sequence: number;
  /** When the stream took the message, ns since 1970 UTC: a stream that was made again has the same sequences again. */
  readonly storedAtNs: number;
  readonly subject: string;
  readonly deliveries: number;
  readonly reason: string;
  readonly failedAt: Date;
  readonly headers: MessageHeaders | undefined;
  readonly body: Uint8Array;
}
