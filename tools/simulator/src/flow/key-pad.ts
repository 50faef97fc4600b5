/** Called with each key that the caller has pressed. */
export type KeyListener = (digit: string, durationMs: number) => void;

/** The caller's keys, and who wants to know of them: an input action, a recording, the sockets, REST. */
export class KeyPad {
  readonly #listeners = new Set<KeyListener>();

  /** @returns what ends the listening. */
  listen(listener: KeyListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  pressed(digit: string, durationMs: number): void {
    for (const listener of [...this.#listeners]) listener(digit, durationMs);
  }
}
