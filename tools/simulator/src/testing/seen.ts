/** What has come in, oldest first, with a way to wait for more. */
export class Seen<T> {
  readonly #all: T[] = [];
  readonly #listeners = new Set<(item: T, index: number) => void>();

  get all(): readonly T[] {
    return this.#all;
  }

  add(item: T): void {
    const index = this.#all.push(item) - 1;
    for (const listener of this.#listeners) listener(item, index);
  }

  /**
   * The first one that matches, whether it has come already or is still to come.
   *
   * @param matches is told how many came before the item as well.
   * @throws {Error} where none comes within the limit, 5 s unless given.
   */
  first(matches: (item: T, index: number) => boolean = () => true, limitMs = 5000): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const limit = setTimeout(() => {
      reject(new Error(`none of the ${this.#all.length} that came within ${limitMs} ms is the one that is waited for`));
    }, limitMs);
    const listener = (item: T, index: number) => {
      if (matches(item, index)) resolve(item);
    };
    this.#listeners.add(listener);
    for (const [index, item] of this.#all.entries()) listener(item, index);
    return promise.finally(() => {
      clearTimeout(limit);
      this.#listeners.delete(listener);
    });
  }
}
