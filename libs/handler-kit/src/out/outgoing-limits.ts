/** What bounds an outgoing stream, whatever a handler does. */
export interface OutgoingLimits {
  /** How far queued audio is sent ahead of the moment in which it is heard, ms: 40 or more. */
  readonly leadMs: number;
  /** Bytes that may wait in the socket for a slow receiver. Above it frames are dropped (`pass`) or wait (queued audio). */
  readonly maxBufferedBytes: number;
  /** Audio that may be queued, ms. */
  readonly maxQueuedMs: number;
}

/** What holds where nothing else is configured: in the gateway, and in tests of handlers. */
export const DEFAULT_LIMITS: OutgoingLimits = { leadMs: 200, maxBufferedBytes: 48_000, maxQueuedMs: 30_000 };
