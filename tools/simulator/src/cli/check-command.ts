import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { complaintText } from '../ncco/check-ncco.ts';
import { checkNccoText, type NccoTextVerdict } from '../ncco/check-ncco-text.ts';
import { CHECK_HELP } from './help.ts';
import { ruleSettings } from './option-values.ts';
import { splitArguments } from './split-arguments.ts';
import { UsageError } from './usage-error.ts';

/** @returns the exit code. */
export async function checkCommand(args: readonly string[], directory: string): Promise<number> {
  const { values, positionals } = splitArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      rule: { type: 'string', multiple: true, default: [] as string[] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(CHECK_HELP);
    return 0;
  }
  const [file, surplus] = positionals;
  if (file === undefined) throw new UsageError('check: needs a FILE, or - for standard input');
  if (surplus !== undefined) throw new UsageError(`check: one FILE at a time, ${surplus} is one too many`);
  const name = file === '-' ? 'standard input' : file;
  const verdict = checkNccoText(await read(file, directory), ruleSettings(values.rule));
  process.stdout.write(verdictText(name, verdict));
  return verdict.complaints.length === 0 ? 0 : 1;
}

async function read(file: string, directory: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(resolve(directory, file), 'utf8');
  } catch (error) {
    throw new UsageError(`check: ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function verdictText(name: string, { complaints, notes, actions, parseError, locate }: NccoTextVerdict): string {
  const at = (path: string) => {
    const position = locate(path);
    return position ? `${name}:${position.line}:${position.column}` : name;
  };
  // The place stands in front already.
  if (parseError) return `${at('')}: not JSON: ${parseError.message.replace(/^line \d+, column \d+: /, '')}\n`;
  const lines = [
    ...complaints.map((complaint) => `${at(complaint.path)}: ${complaintText(complaint)}`),
    ...notes.map((note) => `${at(note)}: note: ${note}`),
    actions
      ? `${name}: Vonage would carry it out: ${actions.length} ${actions.length === 1 ? 'action' : 'actions'}`
      : `${name}: Vonage would refuse it: ${complaints.length} ${complaints.length === 1 ? 'mistake' : 'mistakes'}`,
  ];
  return `${lines.join('\n')}\n`;
}
