import { setTimeout as sleep } from 'node:timers/promises';

export interface Deadline {
  /** What is waited for, as it reads after "waited for": `events to be ready`. */
  readonly what: string;
  /** Default 10 000. */
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

type Come<T> = Exclude<T, false | null | undefined>;

/**
 * Asks again and again until the condition gives something other than `false` or nothing, and gives that back. A condition
 * that throws has not come about yet; its last error is the cause of the one thrown at the deadline.
 */
export async function until<T>(
  condition: () => Promise<T> | T,
  { what, deadlineMs = 10_000, everyMs = 50 }: Deadline,
): Promise<Come<T>> {
  const end = performance.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      const result = await condition();
      if (result !== false && result !== null && result !== undefined) return result as Come<T>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= end) throw new Error(`waited ${deadlineMs} ms for ${what}`, { cause });
    await sleep(everyMs);
  }
}
