import { constants } from 'node:os';

/** Signals within this time are one. */
const SAME_SIGNAL_MS = 500;

export interface HangUp {
  readonly signal: AbortSignal;
  /** 128 and the number of the first signal, as shells count; undefined as long as there was none. */
  exitCode: number | undefined;
}

/** The first Ctrl-C or SIGTERM hangs up, a later one ends the process. */
export function hangUpOnSignal(): HangUp {
  const controller = new AbortController();
  const hangUp: HangUp = { signal: controller.signal, exitCode: undefined };
  let hungUpAtMs = 0;
  const onSignal = (name: 'SIGINT' | 'SIGTERM') => {
    if (hangUp.exitCode === undefined) {
      hangUp.exitCode = 128 + constants.signals[name];
      hungUpAtMs = performance.now();
      controller.abort();
      return;
    }
    // One Ctrl-C may come twice: from the terminal, and passed on by npm.
    if (performance.now() - hungUpAtMs > SAME_SIGNAL_MS) process.exit(hangUp.exitCode);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return hangUp;
}
