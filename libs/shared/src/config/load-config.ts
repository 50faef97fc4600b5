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
 * of ours.
 *
 * @throws ConfigError with every bad variable, not the first one only
 */
export function loadConfig<Schema extends z.ZodObject>(
  service: string,
  schema: Schema,
  env: Environment,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, env[name] === '' ? undefined : env[name]]),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = new Map<string, string>();
  for (const issue of result.error.issues) {
    const name = String(issue.path[0] ?? 'environment');
    const description = schema.shape[name] && describe(schema.shape[name]);
    const wrong = given[name] === undefined && issue.code !== 'custom' ? 'is required' : issue.message;
    if (!problems.has(name)) problems.set(name, `${name}: ${wrong}${description ? ` (${description})` : ''}`);
  }
  throw new ConfigError(service, [...problems.values()]);
}

/** The `.describe()` text of a field, also where it was said before `.default()` or `.optional()`. */
export function describe(field: z.core.$ZodType): string | undefined {
  const own = z.globalRegistry.get(field)?.description;
  if (own) return own;
  const inner = (field._zod.def as { innerType?: z.core.$ZodType }).innerType;
  return inner && describe(inner);
}
