/** Who listens to what; `Events` is name -> what a listener is handed. */
export class Listeners<Events> {
  readonly #byName = new Map<keyof Events, Set<(what: never) => void>>();

  /** @returns what ends the listening. */
  add<Name extends keyof Events>(name: Name, listener: (what: Events[Name]) => void): () => void {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** A listener that throws disturbs neither the call nor the other listeners: its error is thrown where nobody waits. */
  tell<Name extends keyof Events>(name: Name, what: Events[Name]): void {
    for (const listener of [...(this.#byName.get(name) ?? [])]) {
      try {
        (listener as (what: Events[Name]) => void)(what);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
