import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { linesTogether } from './lines-together.ts';

function recorded() {
  const writes: string[] = [];
  const writtenNow: string[] = [];
  const lines = linesTogether({
    write: (text) => void writes.push(text),
    writeNow: (text) => void writtenNow.push(text),
  });
  return { writes, writtenNow, lines };
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
    const { writes, writtenNow, lines } = recorded();
    lines.write('one\n');
    lines.flushSync();
    assert.deepEqual(writtenNow, ['one\n']);
    await nextTurn();
    lines.flushSync();
    assert.deepEqual([writtenNow.join(''), writes], ['one\n', []]);
  });
});

/** Arguments of Node.js to run these lines with a `logger`. */
function logging(lines: string): readonly string[] {
  const logger = new URL('./logger.ts', import.meta.url).href;
  const program = `const { createLogger } = await import('${logger}'); const logger = createLogger('test', 'info'); ${lines}`;
  return ['--conditions=kodama:source', '--input-type=module', '--eval', program];
}

describe('a log that nobody reads', () => {
  it('holds nothing up, and has all its lines when it is read', { timeout: 30_000 }, async () => {
    // Sixteen times what a pipe holds.
    const child = spawn(
      process.execPath,
      logging(`
        for (let turn = 0; turn < 50; turn++) {
          for (let line = 0; line < 20; line++) logger.info({ turn, line, filler: 'x'.repeat(1000) }, 'line');
          await new Promise((resolve) => setImmediate(resolve));
        }
        process.stderr.write('through');
      `),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const [word] = await once(child.stderr, 'data');
    assert.equal(String(word), 'through');
    const lines = (await text(child.stdout))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ turn, line }) => turn * 20 + line),
      Array.from({ length: 1000 }, (_, n) => n),
    );
  });
});

describe('a process that ends in the middle of a turn', () => {
  /** What it prints, and what it ends with. */
  async function printed(lines: string): Promise<{ stdout: string; code: number }> {
    return promisify(execFile)(process.execPath, logging(lines)).then(
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
