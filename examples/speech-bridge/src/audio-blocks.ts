/** Audio that waits, copied into blocks: however small its pieces are or large, what comes out is pieces that are quickly dealt with. */
export class AudioBlocks {
  readonly #blockBytes: number;
  readonly #full: Buffer[] = [];
  #last: Buffer | undefined;
  #lastBytes = 0;

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  push(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      this.#last ??= Buffer.allocUnsafe(this.#blockBytes);
      const copied = piece.copy(this.#last, this.#lastBytes, at);
      at += copied;
      this.#lastBytes += copied;
      if (this.#lastBytes === this.#blockBytes) this.#full.push(this.#takeLast(this.#last));
    }
  }

  /** Takes a block, at the end one that is not full. */
  shift(): Buffer | undefined {
    return this.#full.shift() ?? (this.#last && this.#takeLast(this.#last));
  }

  #takeLast(last: Buffer): Buffer {
    const block = last.subarray(0, this.#lastBytes);
    this.#last = undefined;
    this.#lastBytes = 0;
    return block;
  }
}
