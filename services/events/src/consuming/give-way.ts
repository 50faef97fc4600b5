/** Longest that events wait each time, ms: so their consumer goes on, slowly, however long others are busy. */
const LONGEST_WAIT_MS = 250;
const LOOK_EVERY_MS = 10;

/** Waits for as long as there is something more urgent, but not for ever. */
export async function giveWay(isBusy: () => boolean, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; isBusy() && waitedMs < LONGEST_WAIT_MS && !signal.aborted; waitedMs += LOOK_EVERY_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
