import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The environment, or a part of it: what `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Thrown when the environment does not fit a service's schema. Its message is complete: the service, how many problems,
 * and a line for each variable with what is wrong and what it should look like. It never repeats a value: it may be a secret.
 */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(service: string, problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`${service}: ${count} in the environment\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads a service's configuration from the environment. The schema's keys are the variables' names, each with a
 * `.describe()` that says its unit and an example. An empty string counts as missing; unknown variables are no business
 * of ours. What is not there may be in a file, which `<NAME>_FILE` names: so a secret need not be in the environment, where
 * whoever may look at a container sees it.
 *
 * @throws ConfigError with every bad variable, not the first one only
 */
export function loadConfig<Schema extends z.ZodObject>(
  service: string,
  schema: Schema,
  env: Environment,
): z.output<Schema> {
  const problems = new Map<string, string>();
  const given: Record<string, string | undefined> = {};
  for (const name of Object.keys(schema.shape)) {
    try {
      given[name] = textOf(name, env);
    } catch (error) {
      problems.set(name, `${name}: ${(error as Error).message}`);
    }
  }
  const result = schema.safeParse(given);
  if (result.success && problems.size === 0) return result.data;
  for (const issue of result.error?.issues ?? []) {
    const name = String(issue.path[0] ?? 'environment');
    const description = schema.shape[name] && describe(schema.shape[name]);
    const wrong = given[name] === undefined && issue.code !== 'custom' ? 'is required' : issue.message;
    if (!problems.has(name)) problems.set(name, `${name}: ${wrong}${description ? ` (${description})` : ''}`);
  }
  throw new ConfigError(service, [...problems.values()]);
}

function textOf(name: string, env: Environment): string | undefined {
  const value = env[name] || undefined;
  const path = env[`${name}_FILE`] || undefined;
  if (value !== undefined || path === undefined) return value;
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new Error(`the file that ${name}_FILE names cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (text === '') throw new Error(`the file that ${name}_FILE names is empty`);
  return text;
}

/** The `.describe()` text of a field, also where it was said before `.default()` or `.optional()`. */
export function describe(field: z.core.$ZodType): string | undefined {
  const own = z.globalRegistry.get(field)?.description;
  if (own) return own;
  const inner = (field._zod.def as { innerType?: z.core.$ZodType }).innerType;
  return inner && describe(inner);
}
