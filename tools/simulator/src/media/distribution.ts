/** Figures of many measurements. Percentiles are nearest-rank: each is a value that was measured. */
export interface Distribution {
  p50: number;
  p99: number;
  max: number;
}

const FIRST_CAPACITY = 1024;

/** Any number of measurements. Taking one allocates nothing but now and then: room is doubled when it is used up. */
export class Measurements {
  #values = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const more = new Float64Array(this.#values.length * 2);
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[this.#count++] = value;
  }

  /** The figures to three decimals, or null where nothing was measured. */
  distribution(): Distribution | null {
    if (this.#count === 0) return null;
    const sorted = this.#values.slice(0, this.#count).sort();
    const atRank = (part: number) => round(sorted[Math.ceil(part * sorted.length) - 1] as number);
    return { p50: atRank(0.5), p99: atRank(0.99), max: atRank(1) };
  }
}

/** Three decimals: of milliseconds, microseconds. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;
