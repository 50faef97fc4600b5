import { execFileSync } from 'node:child_process';

/** What a process has in memory (its resident set), MB. */
export function memoryOf({ pid }: { readonly pid: number }): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}
