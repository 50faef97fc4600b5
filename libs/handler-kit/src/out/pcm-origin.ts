const NONE = -1;

/** Who puts audio into a queue. Half a sample at the end of a piece waits here for its other half, whatever others put in. */
export class PcmOrigin {
  readonly id: number;
  #half = NONE;
  /** The first half of a sample was thrown away: the byte that comes next is nothing without it. */
  #isOff = false;

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

  /** Bytes at the head of the next piece that belong to what was thrown away: none, or one. */
  takeOff(): number {
    const bytes = this.#isOff ? 1 : 0;
    this.#isOff = false;
    return bytes;
  }

  /** Throws bytes away that came from here, half a sample among them. What comes next still begins where a sample does. */
  discard(rest: Buffer): void {
    this.#isOff = (rest.length + (this.hasHalf ? 1 : 0) + (this.#isOff ? 1 : 0)) % 2 === 1;
    this.#half = NONE;
  }
}
