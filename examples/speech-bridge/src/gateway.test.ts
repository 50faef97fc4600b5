import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configSchema } from '@kodama/media-gateway/config';
import { loadHandlers } from '@kodama/media-gateway/load-handlers';
import { ConfigError, loadConfig } from '@kodama/shared/config';

const HANDLER_MODULES = '@kodama/example-speech-bridge';

async function problemsOf(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { fields } = await loadHandlers(env);
  try {
    loadConfig('media-gateway', configSchema(fields), env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

describe('a gateway that is told of this package', () => {
  it('has its handler', async () => {
    const { handlers } = await loadHandlers({ HANDLER_MODULES });
    assert.ok(handlers.some(({ name }) => name === 'speech-bridge'));
  });

  it('starts without any variable of it, and with all of them', async () => {
    assert.deepEqual(await problemsOf({ HANDLER_MODULES }), []);
    const all = { SPEECH_URL: 'wss://speech.example/v1', SPEECH_TOKEN: 's3cret', SPEECH_TIMEOUT_MS: '300' };
    assert.deepEqual(await problemsOf({ HANDLER_MODULES, ...all }), []);
  });

  it('does not start with one that is wrong, and repeats none', async () => {
    const env = { HANDLER_MODULES, SPEECH_URL: 'https://s3cret', SPEECH_TOKEN: 's3cret\nx', SPEECH_TIMEOUT_MS: '5' };
    const problems = await problemsOf(env);
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      ['SPEECH_URL', 'SPEECH_TOKEN', 'SPEECH_TIMEOUT_MS'],
    );
    assert.doesNotMatch(problems.join(), /s3cret/);
  });
});
