import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { makeSecretFile } from './secret-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'kodama-secret-'));
after(() => rmSync(directory, { recursive: true }));

describe('the file of a secret', () => {
  it('is made with a secret that nobody else may read, and then left alone', () => {
    const path = join(directory, 'one');
    makeSecretFile(path);
    const secret = readFileSync(path, 'utf8');
    assert.match(secret, /^[0-9a-f]{64}\n$/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    makeSecretFile(path);
    assert.equal(readFileSync(path, 'utf8'), secret);
  });

  it('is the same for all that make it at once', async () => {
    const path = join(directory, 'shared');
    const module = new URL('./secret-file.ts', import.meta.url).href;
    const script = `const { makeSecretFile } = await import('${module}'); makeSecretFile('${path}');
      console.log((await import('node:fs')).readFileSync('${path}', 'utf8').trim());`;
    const runs = Array.from({ length: 6 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]),
    );
    const secrets = (await Promise.all(runs)).map(({ stdout }) => stdout);
    assert.equal(new Set(secrets).size, 1);
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith('shared')),
      ['shared'],
    );
  });

  it('is not made where it cannot be', () => {
    makeSecretFile(join(directory, 'no', 'such', 'directory'));
    assert.ok(!readdirSync(directory).includes('no'));
  });
});
