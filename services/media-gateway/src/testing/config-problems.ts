import assert from 'node:assert/strict';
import { ConfigError, loadConfig } from '@kodama/shared/config';
import { configSchema } from '../config.ts';
import { loadHandlers } from '../load-handlers.ts';

/** What is wrong with a gateway's environment, its handlers' settings among it: a line a variable. */
export async function configProblems(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { fields } = await loadHandlers(env);
  try {
    loadConfig('media-gateway', configSchema(fields), { SOCKET_AUTH: 'off', ...env });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}
