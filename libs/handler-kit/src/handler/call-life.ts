import { CallOverError } from './call-over-error.ts';

/** Waits that are still answered when the call is over; what waits more often than that is a loop that would never end. */
const LATE_WAITS = 10;

interface Wait {
  readonly reject: (error: CallOverError) => void;
  readonly cancel: () => void;
}

/** A call's life, for all that is waited for in it: nothing outlives it. */
export class CallLife {
  #over = false;
  #lateWaits = 0;
  /** Made with the first wait: most calls have none. */
  #waits: Set<Wait> | undefined;

  get isOver(): boolean {
    return this.#over;
  }

  /**
   * A promise that `begin` settles; when the call ends before that, it rejects with {@link CallOverError}, and what `begin`
   * gave back is called to let go of a timer or the like. Nobody has to listen to it: its rejection is never unhandled.
   *
   * After the call's end it rejects at once, and after {@link LATE_WAITS} of these it stays as it is for ever: whoever waits in
   * an endless loop that catches everything is left standing there, and collected.
   */
  wait<T>(
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => (() => void) | undefined,
  ): Promise<T> {
    if (this.#over) {
      this.#lateWaits += 1;
      return this.#lateWaits > LATE_WAITS ? new Promise(() => {}) : unheard(Promise.reject(new CallOverError()));
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let cancel: (() => void) | undefined;
    const wait: Wait = { reject, cancel: () => cancel?.() };
    this.#waits ??= new Set();
    this.#waits.add(wait);
    cancel = begin(
      (value) => {
        this.#waits?.delete(wait);
        resolve(value);
      },
      (error) => {
        this.#waits?.delete(wait);
        reject(error);
      },
    );
    return unheard(promise);
  }

  /** Ends it: everything that waits rejects. A second time does nothing. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    const waits = this.#waits;
    this.#waits = undefined;
    for (const { cancel, reject } of waits ?? []) {
      cancel();
      reject(new CallOverError());
    }
  }
}

function unheard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
