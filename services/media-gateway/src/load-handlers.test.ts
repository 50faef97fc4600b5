import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadHandlers } from './load-handlers.ts';
import { configProblems } from './testing/config-problems.ts';

describe('the handlers of a gateway', () => {
  let folder = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kodama-handlers-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** A module of a stranger's, who has a kit of his own: the symbol is all that he shares with us. */
  async function moduleOf(name: string, source: string): Promise<string> {
    const path = join(folder, name);
    const kit = `const defineHandler = (definition) => ({ ...definition, [Symbol.for('kodama.handler')]: true });`;
    await writeFile(path, `${kit}\n${source}`);
    return path;
  }

  it('are found by their files, with echo among them', async () => {
    const { handlers } = await loadHandlers({});
    const names = handlers.map(({ name }) => name);
    assert.ok(names.includes('echo'));
    assert.deepEqual(names, [...new Set(names)].sort());
  });

  it('come from modules too, with one handler or more', async () => {
    const one = await moduleOf('one.mjs', `export const bot = defineHandler({ name: 'bot' }); export const other = 5;`);
    const two = await moduleOf(
      'two.mjs',
      `export default defineHandler({ name: 'a' }); export const b = defineHandler({ name: 'b' });`,
    );
    const { handlers } = await loadHandlers({ HANDLER_MODULES: ` ${one} , ${two},` });
    const names = handlers.map(({ name }) => name);
    for (const name of ['a', 'b', 'bot', 'echo']) assert.ok(names.includes(name), name);
    assert.deepEqual(await configProblems({ HANDLER_MODULES: `${one},${two}` }), []);
  });

  it('are a problem of the environment where a module is missing, breaks, is empty or takes a name twice', async () => {
    const throws = await moduleOf('throws.mjs', `throw new Error('no licence');`);
    const empty = await moduleOf('empty.mjs', 'export const nothing = {};');
    const again = await moduleOf('again.mjs', `export const echo = defineHandler({ name: 'echo' });`);
    const env = { HANDLER_MODULES: ['kodama-has-no-such-package', throws, empty, again].join(','), PORT: 'x' };
    const [port, modules, ...others] = await configProblems(env);
    assert.match(port ?? '', /^PORT: /);
    assert.deepEqual(others, []);
    assert.match(modules ?? '', /^HANDLER_MODULES: kodama-has-no-such-package: Cannot find package/);
    assert.match(modules ?? '', /throws\.mjs: no licence; /);
    assert.match(modules ?? '', /empty\.mjs: exports no handler; /);
    assert.match(modules ?? '', /again\.mjs: there is a handler echo already \(packages or files/);
  });

  it('bring variables of their own into the configuration, and take none that means something else', async () => {
    const zod = JSON.stringify(import.meta.resolve('zod'));
    const imports = `import { z } from ${zod};`;
    const bot = await moduleOf(
      'settings.mjs',
      `${imports} export const bot = defineHandler({ name: 'bot', settings: { BOT_URL: z.string().min(5) } });`,
    );
    assert.match((await configProblems({ HANDLER_MODULES: bot, BOT_URL: 'x' }))[0] ?? '', /^BOT_URL: /);
    assert.deepEqual(await configProblems({ HANDLER_MODULES: bot, BOT_URL: 'https://bot.example' }), []);

    const thief = await moduleOf(
      'thief.mjs',
      `${imports} export const thief = defineHandler({ name: 'thief', settings: { PORT: z.string() } });`,
    );
    assert.match((await configProblems({ HANDLER_MODULES: thief }))[0] ?? '', /handler thief: PORT is taken/);
  });
});
