import type { Handler } from '@kodama/handler-kit';
import { ConfigError, type Environment, loadConfig } from '@kodama/shared/config';
import { z } from 'zod';

/**
 * Reads a handler's settings as the gateway does when it starts.
 *
 * @throws ConfigError with everything that is wrong, what is none of the handler's variables included
 */
export function readSettings({ name, settings = {} }: Handler, env: Environment): Readonly<Record<string, unknown>> {
  const problems: string[] = [];
  for (const key of Object.keys(env).filter((variable) => !(variable in settings))) {
    const there = Object.keys(settings).join(', ');
    problems.push(`${key}: is none of the handler's settings${there ? `, which are: ${there}` : ': it has none'}`);
  }
  let read: Readonly<Record<string, unknown>> = {};
  try {
    read = loadConfig(`handler ${name}`, z.object(settings), env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }
  if (problems.length > 0) throw new ConfigError(`handler ${name}`, problems);
  return read;
}
