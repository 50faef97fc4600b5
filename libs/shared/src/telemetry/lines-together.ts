import type { DestinationStream } from 'pino';

/**
 * Hands on all lines of one turn of the event loop in one write: a busy service logs dozens in each, and a write wakes whoever
 * reads the log. `flushSync` hands on at once what there is; pino itself calls it behind a line at `fatal`.
 */
export function linesTogether(destination: DestinationStream): DestinationStream & { flushSync(): void } {
  let lines = '';
  let turn: NodeJS.Immediate | undefined;
  const flushSync = (): void => {
    clearImmediate(turn);
    turn = undefined;
    if (lines === '') return;
    const together = lines;
    lines = '';
    destination.write(together);
  };
  return {
    write: (line) => {
      lines += line;
      turn ??= setImmediate(flushSync);
    },
    flushSync,
  };
}
