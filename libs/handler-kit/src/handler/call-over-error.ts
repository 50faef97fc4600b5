/** Thrown by whatever a handler waits for (`sleep`, `play`, …) when its call ends. A handler need not catch it. */
export class CallOverError extends Error {
  constructor() {
    super('the call is over');
    this.name = 'CallOverError';
  }
}
