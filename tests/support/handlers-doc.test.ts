import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from './images.ts';

const page = readFileSync(new URL('docs/handlers.md', root), 'utf8');

/** ```ts NAME.ts … ```: the blocks that are files. */
const files = [...page.matchAll(/^```ts (\S+\.ts)\n([\s\S]*?)^```$/gm)].map(([, name = '', source = '']) => ({
  name,
  source,
}));

describe("docs/handlers.md's code", () => {
  // In the tree, as the packages are found from there; and not under node_modules, whose TypeScript does not run.
  const folder = mkdtempSync(fileURLToPath(new URL('tests/.handlers-doc-', root)));
  after(() => rmSync(folder, { recursive: true }));
  for (const { name, source } of files) writeFileSync(join(folder, name), source);
  // The tests in there are not part of this one.
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });

  it('is all in blocks that are files', () => {
    assert.ok(files.length >= 6, `only ${files.length} files found`);
    assert.equal([...page.matchAll(/^```ts/gm)].length, files.length, 'a block of code without the name of a file');
  });

  it('has the types that it seems to have', () => {
    const options = {
      extends: '../../tsconfig.base.json',
      compilerOptions: { noEmit: true, declaration: false, customConditions: ['kodama:source'] },
      include: ['*.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
    const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root));
    const { status, stdout, stderr } = node(tsc, '-p', 'tsconfig.json');
    assert.equal(status, 0, stdout + stderr);
  });

  it('runs: its tests pass, and each handler has a call', () => {
    const handlers = files.filter(({ source }) => source.includes('defineHandler(') || source.includes('recorded('));
    const calls = handlers.map(({ name }) => {
      return `
        test(${JSON.stringify(name)}, async () => {
          const handlers = Object.values(await import(${JSON.stringify(`./${name}`)})).filter(isHandler);
          assert.equal(handlers.length, 1);
          const recording = { RECORDINGS_DIR: ${JSON.stringify(folder)}, RECORDINGS_MIN_FREE_MB: '0' };
          const settings = handlers[0].settings?.RECORDINGS_DIR ? recording : {};
          const call = await callHandler(handlers[0], { seconds: 2, settings, says: tone({ hz: 300, ms: 900 }) });
          assert.equal(call.end.by, 'peer', String(call.end.error));
        });`;
    });
    const imports = [
      `import assert from 'node:assert/strict';`,
      `import { test } from 'node:test';`,
      `import { isHandler, tone } from '@kodama/handler-kit';`,
      `import { callHandler } from '@kodama/handler-testing';`,
    ];
    writeFileSync(join(folder, 'calls.test.mjs'), [...imports, ...calls].join('\n'));
    const tests = [...files.map(({ name }) => name), 'calls.test.mjs'].filter((name) => name.includes('.test.'));
    const { status, stdout, stderr } = node('--conditions=kodama:source', '--test', '--test-reporter=tap', ...tests);
    assert.equal(status, 0, stdout + stderr);
    assert.equal(/^# pass (\d+)$/m.exec(stdout)?.[1], String(handlers.length + 1));
  });
});
