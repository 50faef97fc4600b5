import { explainRule, listRules } from '../rules/explain.ts';
import { EXPLAIN_HELP } from './help.ts';
import { splitArguments } from './split-arguments.ts';
import { UsageError } from './usage-error.ts';

/** @returns the exit code. */
export function explainCommand(args: readonly string[]): number {
  const { values, positionals } = splitArguments({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    process.stdout.write(EXPLAIN_HELP);
    return 0;
  }
  const [id, surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`explain: one RULE at a time, ${surplus} is one too many`);
  try {
    process.stdout.write(id === undefined || isChapter(id) ? `${listRules(id)}\n${LEGEND}` : explainRule(id));
    return 0;
  } catch (error) {
    throw new UsageError(`explain: ${(error as Error).message}`);
  }
}

/** The number of a section, as 3 or 3.4. */
const isChapter = (id: string): boolean => /^\d+(\.\d+)?$/.test(id) && listRules(id).trim() !== '';

const LEGEND = `certain: Vonage's reference says so; likely: one source; conflict: sources disagree.
In brackets the values of a rule's switch, the default first: --rule ID=VALUE.
`;
