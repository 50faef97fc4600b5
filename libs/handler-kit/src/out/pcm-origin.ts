const NONE = -1;

/** Who puts audio into a queue. Half a sample at the end of a piece waits here for its other half, whatever others put in. */
export class PcmOrigin {
  readonly id: number;
  #half = NONE;

  constructor(id: number) {
    this.id = id;
  }

  get hasHalf(): boolean {
    return this.#half !== NONE;
  }

  keepHalf(byte: number): void {
    this.#half = byte;
  }

  takeHalf(): number {
    const half = this.#half;
    this.#half = NONE;
    return half;
  }

  /** Throws bytes away that came from here. What comes next still begins where a sample does. */
  discard(rest: Buffer): void {
    const isWhole = (rest.length + (this.hasHalf ? 1 : 0)) % 2 === 0;
    this.#half = isWhole ? NONE : (rest.at(-1) ?? this.#half);
  }
}
