#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { callCommand } from './cli/call-command.ts';
import { checkCommand } from './cli/check-command.ts';
import { explainCommand } from './cli/explain-command.ts';
import { HELP } from './cli/help.ts';
import { runCommand, schemaCommand } from './cli/run-command.ts';
import { UsageError } from './cli/usage-error.ts';
import { AudioError } from './media/recording.ts';

/** Name -> what it does, which gives back the exit code. */
const COMMANDS: Readonly<Record<string, (args: readonly string[], directory: string) => number | Promise<number>>> = {
  call: callCommand,
  run: runCommand,
  check: checkCommand,
  explain: explainCommand,
  '--explain': explainCommand,
  schema: schemaCommand,
};

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: each command's help tells what it means. */
async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (name === '--version') {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    process.stdout.write(`${version}\n`);
    return 0;
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) throw new UsageError(`there is no command ${name}; there are call, run, check, explain, schema`);
    // npm runs scripts in the package's directory and tells here where the user stands.
    return await command(args, process.env.INIT_CWD ?? process.cwd());
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AudioError)) throw error;
    console.error(`kodama-simulator: ${error.message}`);
    return 2;
  }
}
