import type { CliConfig } from './cli-config.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './output.ts';

export interface CommandContext {
  /** @throws ConfigError */
  readonly config: () => CliConfig;
  /** Results, on stdout. */
  readonly output: Output;
  /** A line on stderr: what is no result. */
  readonly note: (text: string) => void;
  /** Aborted when the command is to end: by Ctrl-C, or as nobody reads its output any more. */
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** @returns the exit code. */
export type Command = (args: readonly string[], context: CommandContext) => Promise<number>;

export function noStream(stream: string): CommandError {
  return new CommandError(`NATS has no stream ${stream}: the events service makes it when it starts (EVENTS_STREAM)`);
}
