import type { Timers } from '@kodama/handler-kit/run';

/** The time of one call: that of the handler, and that of everything it cannot see. */
export interface CallTime {
  /** For the handler and what carries it. */
  readonly timers: Timers;
  /** For the far end. Goes with `timers`, but what is set here is nobody's to clean up. */
  readonly outside: Timers;
  /** Timers of `timers` that are set. */
  readonly pending: number;
  /** Lets time pass until this is settled; rejects as it does. */
  until<Value>(settled: Promise<Value>): Promise<Value>;
}
