import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

/** Runs a service whose `start` is this, in a process of its own: its exit code, and its lines. */
function run(start: string): { status: number | null; lines: { msg: string; level: string }[] } {
  const source = `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { z } from 'zod';
    import { commonFields } from '${new URL('../config/index.ts', import.meta.url)}';
    import { runService } from '${new URL('./run-service.ts', import.meta.url)}';
    await runService({ name: 'test', config: z.object(commonFields), start: async ({ lifecycle }) => { ${start} } }, {});
  `;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  const lines = stdout.trim().split('\n');
  return { status, lines: lines.map((line) => JSON.parse(line)) };
}

/** In the order of the alphabet: the log is written without waiting, and an exit may swap its very last lines. */
function messages(lines: readonly { msg: string }[]): string[] {
  return lines.map(({ msg }) => msg).sort();
}

describe('a service that cannot start', () => {
  it('lets go of what it has, and exits 1', () => {
    const { status, lines } = run(`
      lifecycle.use('connection', () => {});
      throw new Error('no port');
    `);
    assert.deepEqual(messages(lines), ['could not start', 'stopped', 'stopping']);
    assert.equal(status, 1);
  });

  it('stops once and properly when it was told to stop meanwhile', () => {
    const { status, lines } = run(`
      lifecycle.use('connection', () => sleep(200));
      process.kill(process.pid, 'SIGTERM');
      await sleep(50);
      throw new Error('the connection was closed');
    `);
    assert.deepEqual(messages(lines), ['stopped', 'stopping', 'the start was broken off']);
    assert.equal(status, 0);
  });
});
