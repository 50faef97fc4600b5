/** What an outgoing stream counts. Whoever makes the stream owns the object, and reads it when it likes. */
export interface OutgoingFigures {
  /** Frames that were handed to the socket. */
  framesOut: number;
  bytesOut: number;
  /** Frames that were to go straight on, and were dropped: the receiver was too slow, or audio that was written had the floor. */
  framesDropped: number;
  /** Frames' worth of written audio that was thrown away: the queue was full, or in live mode the audio too old. */
  framesShed: number;
  /** Frames that left more than 20 ms after their moment: the process was too busy. */
  framesLate: number;
}

export const noFiguresYet = (): OutgoingFigures => ({
  framesOut: 0,
  bytesOut: 0,
  framesDropped: 0,
  framesShed: 0,
  framesLate: 0,
});
