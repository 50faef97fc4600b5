import type { z } from 'zod';
import { showValue } from '../ncco/show-value.ts';
import { explain, type Finding } from './explain.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/**
 * Makes a scenario of what somebody wrote.
 *
 * @param directory the paths of WAV files are relative to it.
 * @returns all that is wrong with it where it is none.
 */
export function checkScenario(written: unknown, directory: string): Scenario | readonly Finding[] {
  const result = scenarioSchema.safeParse(written, { error: usualMessage });
  if (result.success) return { ...result.data, directory };
  return result.error.issues.flatMap((issue) => explain(issue, scenarioSchema, written));
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'an object of keys and values',
  record: 'an object of keys and values',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** Where the schema has no words of its own. */
const usualMessage: z.core.$ZodErrorMap = (issue) => {
  const allowed = whatIsAllowed(issue);
  if (issue.input === undefined) return `is missing; it is to be ${allowed}`;
  return `${showValue(issue.input)} is not ${allowed}`;
};

function whatIsAllowed(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small') return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return 'allowed here';
}
