/** Audio that waits to be sent: the newest of it, up to a limit. What is too old for that is thrown away, and counted. */
export class NewestAudio {
  readonly #maxBytes: number;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #droppedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** All in all. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  /** @param piece copied: its memory may be used again */
  push(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
    this.#bytes += piece.length;
    while (this.#bytes > this.#maxBytes) this.#droppedBytes += this.shift()?.length ?? 0;
  }

  /** Takes the oldest piece. */
  shift(): Buffer | undefined {
    const piece = this.#pieces.shift();
    this.#bytes -= piece?.length ?? 0;
    return piece;
  }
}
