import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the condition gives something true, and gives that back; throws after ten seconds. */
export async function eventually<T>(what: string, condition: () => T): Promise<NonNullable<T>> {
  const endMs = performance.now() + 10_000;
  for (;;) {
    const result = condition();
    if (result) return result;
    if (performance.now() >= endMs) throw new Error(`waited for ${what}`);
    await pause(5);
  }
}
