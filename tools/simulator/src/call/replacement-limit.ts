/** Tells an application that replies in a loop from one that does much in one call. */
export class ReplacementLimit {
  static readonly most = 50;
  static readonly withinMs = 10_000;

  readonly #clock: () => number;
  /** When the newest ones took over, ms: the oldest first. */
  readonly #times: number[] = [];

  /** @param clock ms. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** One more NCCO is to take over; false where there were as many as may be in less than ten seconds. */
  take(): boolean {
    const nowMs = this.#clock();
    const [oldestMs] = this.#times;
    if (oldestMs !== undefined && this.#times.length === ReplacementLimit.most) {
      if (nowMs - oldestMs < ReplacementLimit.withinMs) return false;
      this.#times.shift();
    }
    this.#times.push(nowMs);
    return true;
  }
}
