const BUCKETS_PER_OCTAVE = 8;
const OCTAVES = 20;

/**
 * Times of one leg in logarithmic buckets, µs: a percentile is at most 9 % above the true one (eight buckets an octave),
 * up to a second; the maximum is exact. 640 bytes a leg, where an HDR histogram of Node's own takes tens of KiB.
 */
export class TurnaroundHistogram {
  readonly #counts = new Uint32Array(BUCKETS_PER_OCTAVE * OCTAVES);
  #count = 0;
  #maxUs = 0;

  get maxUs(): number {
    return this.#maxUs;
  }

  /** @param us ≥ 0 */
  record(us: number): void {
    const bucket = us <= 1 ? 0 : Math.min(this.#counts.length - 1, Math.ceil(Math.log2(us) * BUCKETS_PER_OCTAVE));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /**
   * The time that a share of the recorded ones does not exceed, µs; 0 when nothing was recorded.
   *
   * @param share 0 to 1, e.g. 0.99
   */
  percentileUs(share: number): number {
    const rank = Math.ceil(share * this.#count);
    let seen = 0;
    // No iterator: it is asked for every live leg in one go.
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      const count = this.#counts[bucket] as number;
      seen += count;
      if (count > 0 && seen >= rank) return Math.min(this.#maxUs, 2 ** (bucket / BUCKETS_PER_OCTAVE));
    }
    return this.#maxUs;
  }
}
