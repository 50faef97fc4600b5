/** Figures of many measurements. Percentiles are nearest-rank: each is a value that was measured. */
export interface Distribution {
  p50: number;
  p99: number;
  max: number;
}

/** Room for a known number of measurements, so that taking one allocates nothing. */
export class Measurements {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  add(value: number): void {
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
