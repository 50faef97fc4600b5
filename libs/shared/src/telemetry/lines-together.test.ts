import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { linesTogether } from './lines-together.ts';

function recorded() {
  const writes: string[] = [];
  const lines = linesTogether({ write: (text) => void writes.push(text) });
  return { writes, lines };
}

describe('lines of a log', () => {
  it('go out together at the end of the turn, in their order', async () => {
    const { writes, lines } = recorded();
    lines.write('one\n');
    await Promise.resolve();
    lines.write('two\n');
    assert.deepEqual(writes, []);
    await nextTurn();
    assert.deepEqual(writes, ['one\ntwo\n']);
  });

  it('of the next turn go out with it, and a turn without any writes nothing', async () => {
    const { writes, lines } = recorded();
    lines.write('one\n');
    await nextTurn();
    await nextTurn();
    lines.write('two\n');
    await nextTurn();
    assert.deepEqual(writes, ['one\n', 'two\n']);
  });

  it('go out at once where somebody cannot wait, and not a second time', async () => {
    const { writes, lines } = recorded();
    lines.flushSync();
    lines.write('one\n');
    lines.flushSync();
    assert.deepEqual(writes, ['one\n']);
    await nextTurn();
    assert.deepEqual(writes, ['one\n']);
  });
});

describe('a process that ends in the middle of a turn', () => {
  /** What it prints: with a logger of its own, it runs these lines. */
  async function printed(lines: string): Promise<{ stdout: string; code: number }> {
    const logger = new URL('./logger.ts', import.meta.url).href;
    const program = `const { createLogger } = await import('${logger}'); const logger = createLogger('test', 'info'); ${lines}`;
    const args = ['--conditions=kodama:source', '--input-type=module', '--eval', program];
    return promisify(execFile)(process.execPath, args).then(
      ({ stdout }) => ({ stdout, code: 0 }),
      ({ stdout, code }) => ({ stdout, code }),
    );
  }

  const messages = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);

  it('has all its lines out, whichever logger they came by', async () => {
    const { stdout, code } = await printed(
      "const other = createLogger('other', 'info'); logger.info('one'); other.info('two'); logger.info('three'); process.exit(3);",
    );
    assert.deepEqual(messages(stdout), ['one', 'two', 'three']);
    assert.equal(code, 3);
  });

  it('has them out when nobody caught an exception', async () => {
    const { stdout, code } = await printed("logger.info('one'); throw new Error('nobody catches this');");
    assert.deepEqual(messages(stdout), ['one']);
    assert.equal(code, 1);
  });

  it('has a fatal line out at once, for whatever comes next', async () => {
    const { stdout } = await printed("logger.info('one'); logger.fatal('two'); process.kill(process.pid, 'SIGKILL');");
    assert.deepEqual(messages(stdout), ['one', 'two']);
  });
});
