import { type Clock, systemClock } from '@kodama/shared/time';

/** Time that can be waited for, so that a test can bring its own. */
export interface Timers extends Clock {
  /** Calls back once, `delayMs` from now or later; gives back what cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** What is longer than that, Node.js takes for 1 ms. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemTimers: Timers = {
  ...systemClock,
  after(delayMs, callback) {
    let timer: NodeJS.Timeout;
    const arm = (restMs: number) => {
      const stepMs = Math.min(restMs, LONGEST_TIMEOUT_MS);
      timer = setTimeout(() => (restMs > stepMs ? arm(restMs - stepMs) : callback()), Math.max(0, stepMs));
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
};
