import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import express from 'express';
import { memoryLogger } from '../testing/memory-logger.ts';
import { serve } from '../testing/serve.ts';
import { onlyWithToken } from './api-token.ts';
import { errorHandler } from './error-handler.ts';

const TOKENS = ['token-one-0123456789', 'token-two-0123456789'];

async function setup(t: TestContext, tokens: readonly string[]) {
  const { logger, lines } = memoryLogger();
  const app = express();
  app.use(onlyWithToken(tokens, 'calls'));
  app.use((_req, res) => void res.json('in'));
  app.use(errorHandler(logger));
  const server = await serve(app);
  t.after(() => server[Symbol.asyncDispose]());
  const ask = (authorization?: string) =>
    fetch(server.url, authorization === undefined ? {} : { headers: { authorization } });
  return { ask, lines };
}

describe('a door with tokens', () => {
  it('opens for any of them', async (t) => {
    const { ask } = await setup(t, TOKENS);
    for (const token of TOKENS) {
      assert.equal((await ask(`Bearer ${token}`)).status, 200);
      assert.equal((await ask(`bearer  ${token}`)).status, 200);
    }
  });

  it('does not open for anything else, and says how it would', async (t) => {
    const { ask, lines } = await setup(t, TOKENS);
    for (const authorization of [
      undefined,
      'Bearer',
      'Bearer x',
      `Basic ${TOKENS[0]}`,
      `Bearer ${TOKENS[0]}x`,
      `Bearer ${TOKENS[0]?.slice(1)}`,
      `Bearer ${TOKENS}`,
    ]) {
      const response = await ask(authorization);
      assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, 'Bearer'], authorization);
      const { error } = (await response.json()) as { error: { code: string } };
      assert.equal(error.code, 'API_TOKEN_REQUIRED');
    }
    assert.doesNotMatch(JSON.stringify(lines), /0123456789/);
  });

  it('is open where there are none', async (t) => {
    const { ask } = await setup(t, []);
    assert.equal((await ask()).status, 200);
  });
});
