import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the condition gives something true, and gives that back; throws after ten seconds. */
export async function eventually<T>(what: string, condition: () => Promise<T> | T): Promise<NonNullable<T>> {
  const end = performance.now() + 10_000;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() >= end) throw new Error(`waited for ${what}`);
    await sleep(5);
  }
}
