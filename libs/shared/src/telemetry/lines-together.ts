import type { DestinationStream } from 'pino';

/** Where the lines go. */
export interface LogOutput {
  /** Soon, by a thread that may wait for a reader who is slow: the event loop never does. */
  write(lines: string): void;
  /** Before it comes back, and with it all that was to be written soon: for a process that is about to end. */
  writeNow(lines: string): void;
}

/**
 * Hands on all lines of one turn of the event loop in one write: a busy service logs dozens in each, and a write wakes whoever
 * reads the log. `flushSync` writes at once what there is; pino itself calls it behind a line at `fatal`.
 */
export function linesTogether(output: LogOutput): DestinationStream & { flushSync(): void } {
  let lines = '';
  let turn: NodeJS.Immediate | undefined;
  const take = (): string => {
    clearImmediate(turn);
    turn = undefined;
    const taken = lines;
    lines = '';
    return taken;
  };
  return {
    write: (line) => {
      lines += line;
      turn ??= setImmediate(() => output.write(take()));
    },
    flushSync: () => output.writeNow(take()),
  };
}
