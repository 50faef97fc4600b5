import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { z } from 'zod';
import { integer, url } from './fields.ts';
import { ConfigError, describe as descriptionOf, loadConfig } from './load-config.ts';

const schema = z.object({
  PORT: integer({ min: 1, max: 65_535 }).default(8080).describe('TCP port, e.g. 8080'),
  NATS_URL: url('nats').describe('e.g. nats://nats:4222'),
  TOKEN: z.string().min(8, 'must have 8 characters at least').optional().describe('secret, e.g. openssl rand -hex 32'),
});

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig('events', schema, env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

describe('the configuration', () => {
  it('is typed values, with defaults for what is missing or empty', () => {
    assert.deepEqual(loadConfig('events', schema, { PORT: '', NATS_URL: 'nats://a', TOKEN: '' }), {
      PORT: 8080,
      NATS_URL: 'nats://a',
      TOKEN: undefined,
    });
    assert.equal(loadConfig('events', schema, { PORT: '1', NATS_URL: 'nats://a' }).PORT, 1);
  });

  it('does not mind variables that are not its own', () => {
    assert.deepEqual(problemsOf({ NATS_URL: 'nats://a', PATH: '/bin', port: 'x' }), []);
  });

  it('is refused with every problem at once, each with what it should be', () => {
    assert.deepEqual(problemsOf({ PORT: '70000', TOKEN: 'short' }), [
      'PORT: must be a whole number from 1 to 65535 (TCP port, e.g. 8080)',
      'NATS_URL: is required (e.g. nats://nats:4222)',
      'TOKEN: must have 8 characters at least (secret, e.g. openssl rand -hex 32)',
    ]);
  });

  it('is refused with one message that names the service and counts', () => {
    const load = (env: Record<string, string>) => () => loadConfig('events', schema, env);
    assert.throws(load({ NATS_URL: 'x', PORT: 'x' }), {
      message: /^events: 2 problems in the environment\n {2}PORT: /,
    });
    assert.throws(load({}), { message: /^events: 1 problem in the environment\n {2}NATS_URL: is required/ });
  });

  it('never repeats a value: it may be a secret', () => {
    const problems = problemsOf({ PORT: 's3cr3t', NATS_URL: 'http://u:s3cr3t@a', TOKEN: 's3cr3t' });
    assert.equal(problems.length, 3);
    assert.doesNotMatch(problems.join('\n'), /s3cr3t/);
  });
});

describe('a variable in a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kodama-config-'));
  after(() => rmSync(directory, { recursive: true }));
  const fileOf = (text: string) => {
    const path = join(directory, randomUUID());
    writeFileSync(path, text);
    return path;
  };

  it('is read from there, without the line end that an editor leaves', () => {
    const env = { NATS_URL_FILE: fileOf('nats://a\n'), TOKEN_FILE: fileOf('a secret in a file') };
    assert.deepEqual(loadConfig('events', schema, env), {
      PORT: 8080,
      NATS_URL: 'nats://a',
      TOKEN: 'a secret in a file',
    });
  });

  it('is not, where no file is named, or the variable itself is set', () => {
    assert.equal(loadConfig('events', schema, { NATS_URL: 'nats://a', NATS_URL_FILE: 'none' }).NATS_URL, 'nats://a');
    assert.equal(loadConfig('events', schema, { NATS_URL: 'nats://a', TOKEN_FILE: '' }).TOKEN, undefined);
  });

  it('is a problem where it cannot be read or is empty, beside all others', () => {
    assert.deepEqual(problemsOf({ PORT: 'x', NATS_URL: 'nats://a', TOKEN_FILE: join(directory, 'none') }), [
      'TOKEN: the file that TOKEN_FILE names cannot be read (ENOENT)',
      'PORT: must be a whole number from 1 to 65535 (TCP port, e.g. 8080)',
    ]);
    assert.deepEqual(problemsOf({ NATS_URL_FILE: fileOf(' \n') }), [
      'NATS_URL: the file that NATS_URL_FILE names is empty',
    ]);
    const [problem] = problemsOf({ NATS_URL: 'nats://a', TOKEN_FILE: fileOf('short') });
    assert.match(problem ?? '', /^TOKEN: must have 8 characters at least/);
  });
});

describe('the description of a field', () => {
  it('is found wherever it was said', () => {
    assert.equal(descriptionOf(z.string().describe('a').default('x')), 'a');
    assert.equal(descriptionOf(z.string().default('x').describe('b')), 'b');
    assert.equal(descriptionOf(z.string().describe('c').optional()), 'c');
    assert.equal(descriptionOf(z.string()), undefined);
  });
});
