import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { json, Router } from 'express';
import { AppError, type ErrorKind } from '../errors/app-error.ts';
import { Lifecycle } from '../lifecycle/lifecycle.ts';
import { memoryLogger, serve } from '../testing/index.ts';
import { createHttpApp, onlyMethods } from './http-app.ts';

async function setup(t: TestContext, router: Router) {
  const { logger, lines } = memoryLogger();
  const lifecycle = new Lifecycle(logger);
  const server = await serve(createHttpApp({ logger, lifecycle, checks: {}, routes: [router] }));
  t.after(() => server[Symbol.asyncDispose]());
  return { url: server.url, lines };
}

function failingWith(error: unknown): Router {
  return Router().get('/', async () => {
    throw error;
  });
}

/** The code in the answer's body. */
async function codeOf(response: Response): Promise<unknown> {
  const { error } = (await response.json()) as { error: { code: unknown } };
  return error.code;
}

const kinds: [ErrorKind, number][] = [
  ['bad-request', 400],
  ['not-found', 404],
  ['method-not-allowed', 405],
  ['too-large', 413],
  ['unsupported-media-type', 415],
  ['unavailable', 503],
];

describe('the error handler', () => {
  for (const [kind, status] of kinds) {
    it(`answers a failure of the kind ${kind} with ${status}, its code and its message`, async (t) => {
      const { url } = await setup(t, failingWith(new AppError(kind, 'SOME_CODE', 'what is wrong')));
      const response = await fetch(url);
      assert.equal(response.status, status);
      assert.deepEqual(await response.json(), { error: { code: 'SOME_CODE', message: 'what is wrong' } });
      assert.equal(response.headers.get('retry-after'), status === 503 ? '1' : null);
    });
  }

  it("logs a peer's fault, and a part that is known to be away with its cause, as a warning", async (t) => {
    const refused = await setup(t, failingWith(new AppError('bad-request', 'BAD', 'no')));
    await fetch(`${refused.url}/?from=14155550177`);
    assert.deepEqual(
      refused.lines.map(({ level, code, status, path }) => ({ level, code, status, path })),
      [{ level: 'warn', code: 'BAD', status: 400, path: '/' }],
    );
    const cause = new Error('connection refused');
    const away = await setup(t, failingWith(new AppError('unavailable', 'AWAY', 'no', { cause })));
    await fetch(away.url);
    assert.equal(away.lines[0]?.level, 'warn');
    assert.deepEqual(away.lines[0]?.cause, { type: 'Error', message: 'connection refused' });
  });

  it('logs what the route knows of the request, whatever the failure', async (t) => {
    for (const error of [new AppError('unavailable', 'AWAY', 'no'), new Error('unexpected')]) {
      const router = Router().get('/', (_req, res) => {
        res.locals.logFields = { legUuid: 'leg' };
        throw error;
      });
      const { url, lines } = await setup(t, router);
      await fetch(url);
      assert.deepEqual(
        lines.map(({ legUuid, path }) => [legUuid, path]),
        [['leg', '/']],
      );
    }
  });

  it('says nothing of an unexpected failure but that it is in the log', async (t) => {
    const { url, lines } = await setup(t, failingWith(new Error('secret of the house')));
    const response = await fetch(url);
    assert.equal(response.status, 500);
    assert.equal(await codeOf(response), 'INTERNAL');
    assert.equal(lines[0]?.level, 'error');
    assert.match(JSON.stringify(lines), /secret of the house/);
  });

  it('answers what Express or a body parser refuses with 400 or 413', async (t) => {
    const router = Router().post('/', json({ limit: 10 }), (_req, res) => void res.end());
    const { url } = await setup(t, router);
    const post = (body: string) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const broken = await post('{');
    assert.deepEqual([broken.status, await codeOf(broken)], [400, 'BAD_REQUEST']);
    const large = await post('"0123456789"');
    assert.deepEqual([large.status, await codeOf(large)], [413, 'BODY_TOO_LARGE']);
    assert.equal((await fetch(`${url}/%ff`)).status, 404);
  });

  it('answers 404 for a path that nobody serves', async (t) => {
    const { url } = await setup(t, Router());
    const response = await fetch(`${url}/nothing`);
    assert.deepEqual(
      [response.status, await response.json()],
      [404, { error: { code: 'NOT_FOUND', message: 'there is no GET /nothing' } }],
    );
  });

  it('answers 405 with the methods that there are', async (t) => {
    const router = Router();
    router
      .route('/')
      .all(onlyMethods('GET', 'POST'))
      .get((_req, res) => void res.end());
    const { url } = await setup(t, router);
    assert.equal((await fetch(url)).status, 200);
    for (const method of ['DELETE', 'HEAD', 'OPTIONS']) {
      const response = await fetch(url, { method });
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, POST'], method);
    }
  });

  it('ends a response that has begun, instead of writing into it', async (t) => {
    const router = Router().get('/', (_req, res) => {
      res.write('half of ');
      throw new Error('broken');
    });
    const { url } = await setup(t, router);
    await assert.rejects(fetch(url).then((response) => response.text()));
  });
});
