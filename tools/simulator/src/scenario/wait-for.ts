import type { CallWatch } from './call-watch.ts';
import type { Check, Outcome } from './check.ts';

const EVERY_MS = 100;

/**
 * Waits until an expectation has come true, or can no longer.
 *
 * @param graceMs until when, where the expectation itself does not say so; in ms since the call was placed.
 * @param isEnough ends the waiting as well.
 */
export async function waitFor(
  check: Check,
  watch: CallWatch,
  graceMs: number,
  isEnough: (outcome: Outcome) => boolean = () => false,
): Promise<Outcome> {
  const deadlineMs = check.deadlineMs(graceMs);
  for (;;) {
    const outcome = check.look();
    const leftMs = deadlineMs - watch.now().atMs;
    if (outcome.isFinal || isEnough(outcome) || watch.isOver || leftMs <= 0) return outcome;
    await watch.pause(Math.min(EVERY_MS, leftMs));
  }
}
