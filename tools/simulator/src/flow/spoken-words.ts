/** Words that the caller says to a speech recognition: there is none here, so they are given as text. */
export class SpokenWords {
  readonly #said: string[] = [];
  #recogniser: ((text: string) => void) | undefined;
  readonly #listeners = new Set<() => void>();

  /** Heard by the recognition that listens now, or else by the next one that does. */
  say(text: string): void {
    for (const listener of [...this.#listeners]) listener();
    if (this.#recogniser) this.#recogniser(text);
    else this.#said.push(text);
  }

  /** @returns what ends the recognition. */
  recognise(recogniser: (text: string) => void): () => void {
    this.#recogniser = recogniser;
    const waiting = this.#said.shift();
    if (waiting !== undefined) recogniser(waiting);
    return () => {
      if (this.#recogniser === recogniser) this.#recogniser = undefined;
    };
  }

  /** Tells that something is said, whoever recognises it. @returns what ends the listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
