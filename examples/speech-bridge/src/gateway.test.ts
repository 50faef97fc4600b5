import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadHandlers } from '@kodama/media-gateway/load-handlers';
import { configProblems } from '@kodama/media-gateway/testing';

const HANDLER_MODULES = '@kodama/example-speech-bridge';

describe('a gateway that is told of this package', () => {
  it('has its handler', async () => {
    const { handlers } = await loadHandlers({ HANDLER_MODULES });
    assert.ok(handlers.some(({ name }) => name === 'speech-bridge'));
  });

  it('starts without any variable of it, and with all of them', async () => {
    assert.deepEqual(await configProblems({ HANDLER_MODULES }), []);
    const all = { SPEECH_URL: 'wss://speech.example/v1', SPEECH_TOKEN: 's3cret', SPEECH_TIMEOUT_MS: '300' };
    assert.deepEqual(await configProblems({ HANDLER_MODULES, ...all }), []);
  });

  it('does not start with one that is wrong, and repeats none', async () => {
    const env = { HANDLER_MODULES, SPEECH_URL: 'https://s3cret', SPEECH_TOKEN: 's3cret\nx', SPEECH_TIMEOUT_MS: '5' };
    const problems = await configProblems(env);
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      ['SPEECH_URL', 'SPEECH_TOKEN', 'SPEECH_TIMEOUT_MS'],
    );
    assert.doesNotMatch(problems.join(), /s3cret/);
  });
});
