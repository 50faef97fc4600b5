import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtempDisposable, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startApplicationServer } from './testing/application.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const shell = process.platform === 'win32';

/** Packs what npm would publish and unpacks it where its dependencies are found: below the packages of the repository. */
async function unpack(directory: string): Promise<string> {
  await run('npm', ['pack', '--pack-destination', directory, '--loglevel=error'], { cwd: root, shell });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await run('tar', ['-xzf', `kodama-simulator-${version}.tgz`], { cwd: directory });
  return join(directory, 'package');
}

test('the package that npm would publish has a command and a library that work', { timeout: 120_000 }, async () => {
  const modules = join(root, 'node_modules');
  await mkdir(modules, { recursive: true });
  await using directory = await mkdtempDisposable(join(modules, '.package-'));
  const unpacked = await unpack(directory.path);
  const { bin, exports } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
  const command = join(unpacked, bin['kodama-simulator']);
  assert.match(await readFile(command, 'utf8'), /^#!\/usr\/bin\/env node\n/);

  await using application = await startApplicationServer();
  const called = await run(process.execPath, [command, 'call', '--url', application.answerUrl, '--seconds', '0.2']);
  assert.match(called.stdout, /^passed: every frame came back unaltered$/m);

  const { Simulator } = await import(pathToFileURL(join(unpacked, exports['.'].default)).href);
  await using simulator = await Simulator.start({ answerUrl: application.answerUrl });
  await using call = await simulator.call();
  assert.equal(await call.connected(), true);
  assert.deepEqual((await call.hangUp()).problems, []);

  for (const file of ['README.md', 'LICENSE', 'scenario.schema.json', 'scenarios/echo.yaml', 'audio/echo-test.wav']) {
    assert.ok((await readFile(join(unpacked, file))).length > 0, file);
  }
  await assert.rejects(readFile(join(unpacked, 'dist/main.test.js')), { code: 'ENOENT' });
  await assert.rejects(readFile(join(unpacked, 'dist/testing/application.js')), { code: 'ENOENT' });
});
