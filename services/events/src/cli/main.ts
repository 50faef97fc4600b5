import { constants } from 'node:os';
import { ConfigError, loadConfig } from '@kodama/shared/config';
import { NatsError } from 'nats';
import { cliSchema } from './cli-config.ts';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { deadLettersCommand } from './dead-letters-command.ts';
import { HELP } from './help.ts';
import { listCommand } from './list-command.ts';
import { Output } from './output.ts';
import { showCommand } from './show-command.ts';
import { tailCommand } from './tail-command.ts';
import { UsageError } from './usage-error.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  tail: tailCommand,
  list: listCommand,
  show: showCommand,
  // Loaded only where it is asked for: the others start twice as fast without what handling an event takes.
  replay: async (...parts) => (await import('./replay-command.ts')).replayCommand(...parts),
  'dead-letters': deadLettersCommand,
};

/** Time that letting go of NATS may take after Ctrl-C, ms: it may have fallen silent. */
const STOP_MS = 2000;
/** Time after which a process ends that has nothing more to do, ms: the client keeps the socket of a server that never answers. */
const EXIT_MS = 200;

const stop = new AbortController();
/** What a command exits with that was broken off; `tail` has no other end, and exits 0. */
let brokenOff = 0;

for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => breakOff(128 + constants.signals[name]));
// Through `docker compose exec` no signal comes here; what comes is the end of stdin.
if (process.env.KODAMA_ENDS_WITH_STDIN) {
  process.stdin.on('end', () => breakOff(128 + constants.signals.SIGINT)).resume();
}

const [name, ...args] = process.argv.slice(2);
const output = new Output(process.stdout, stop.signal, () => breakOff(0));
const exitCode = await main();
process.exitCode = exitCode === 0 && name !== 'tail' ? brokenOff : exitCode;
if (process.env.KODAMA_ENDS_WITH_STDIN) process.stdin.destroy();
setTimeout(() => process.exit(), EXIT_MS).unref();

async function main(): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    await output.write(HELP);
    return 0;
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) throw new UsageError(`there is no command ${name}; there are ${Object.keys(COMMANDS).join(', ')}`);
    return await command(args, {
      config: () => loadConfig('events', cliSchema, process.env),
      output,
      note,
      signal: stop.signal,
      now: new Date(),
    });
  } catch (error) {
    if (error instanceof UsageError) {
      note(error.message);
      return 2;
    }
    if (stop.signal.aborted) return 0;
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
    else if (error instanceof CommandError) note(error.message);
    else if (error instanceof NatsError) note(`NATS: ${error.message}`);
    else throw error;
    return 1;
  }
}

function breakOff(exitCode: number): void {
  if (stop.signal.aborted) return;
  brokenOff = exitCode;
  stop.abort();
  setTimeout(() => process.exit(name === 'tail' ? 0 : exitCode), STOP_MS).unref();
}

function note(text: string): void {
  process.stderr.write(`events: ${text}\n`);
}
