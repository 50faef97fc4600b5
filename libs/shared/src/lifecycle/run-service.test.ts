import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

interface Line {
  readonly time: string;
  readonly msg: string;
}

/** Runs a service whose `start` is this, in a process of its own: its exit code, and its lines. */
function run(start: string): { status: number | null; lines: Line[] } {
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

/** In the order of their times, to the millisecond: an exit may write the very last line while the one before is under way. */
function messages(lines: readonly Line[]): string[] {
  return lines.toSorted((a, b) => a.time.localeCompare(b.time)).map(({ msg }) => msg);
}

describe('a service that cannot start', () => {
  it('lets go of what it has, and exits 1', () => {
    const { status, lines } = run(`
      lifecycle.use('connection', () => {});
      throw new Error('no port');
    `);
    assert.deepEqual(messages(lines), ['could not start', 'stopping', 'stopped']);
    assert.equal(status, 1);
  });

  it('stops once and properly when it was told to stop meanwhile', () => {
    const { status, lines } = run(`
      const failed = Promise.withResolvers();
      lifecycle.use('connection', () => failed.promise.then(() => sleep(50)));
      process.kill(process.pid, 'SIGTERM');
      while (lifecycle.state !== 'DRAINING') await sleep(1);
      failed.resolve();
      throw new Error('the connection was closed');
    `);
    assert.deepEqual(messages(lines), ['stopping', 'the start was broken off', 'stopped']);
    assert.equal(status, 0);
  });
});
