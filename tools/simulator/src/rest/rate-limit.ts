/** Lets through so many requests a second: a bucket that holds as many, and fills up evenly. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #clock: () => number;
  #left: number;
  #atMs: number;

  /** @param clock ms; where it goes back, no time has passed. */
  constructor(perSecond: number, clock: () => number) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#left = perSecond;
    this.#atMs = clock();
  }

  /** Takes one request's share; false where there is none left. */
  take(): boolean {
    const nowMs = this.#clock();
    const gained = (Math.max(0, nowMs - this.#atMs) / 1000) * this.#perSecond;
    this.#atMs = nowMs;
    this.#left = Math.min(this.#perSecond, this.#left + gained);
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
