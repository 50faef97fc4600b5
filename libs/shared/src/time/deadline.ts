/** Thrown when something took longer than it may. */
export class DeadlineError extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.name = 'DeadlineError';
  }
}

/**
 * What `work` comes to, unless that takes longer than `ms`. The work itself goes on; whatever it comes to afterwards, also
 * a rejection, is nobody's any more.
 *
 * @throws DeadlineError when the time is over
 */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => deadline.reject(new DeadlineError(ms)), ms);
  try {
    // The race listens to both, so neither's late rejection is unhandled.
    return await Promise.race([work, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}
