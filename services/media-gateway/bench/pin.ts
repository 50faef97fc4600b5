import { spawnSync } from 'node:child_process';

/** Puts this process, with all its threads, on the core that `BENCH_CORE` names. */
export function pin(): void {
  const core = process.env.BENCH_CORE;
  if (core === undefined) return;
  const { error } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', core, String(process.pid)]);
  if (error) console.log('there is no taskset here: the processes share all cores');
}
