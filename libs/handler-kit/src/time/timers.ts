import { type Clock, systemClock } from '@kodama/shared/time';

/** Time that can be waited for, so that a test can bring its own. */
export interface Timers extends Clock {
  /** Calls back once, `delayMs` from now or later; gives back what cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemTimers: Timers = {
  ...systemClock,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
