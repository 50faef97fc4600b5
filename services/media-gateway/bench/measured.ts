import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a server tells of its measured time. */
export interface ServerReport {
  readonly cpuMs: number;
  /** Frames that were late by its own count. */
  readonly late: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

/**
 * Tells the parent of the port, begins to measure when it says so, and tells what it was when it is asked for it.
 *
 * @param late frames so far, by the server's own count
 */
export function measured(port: number, late: () => number): void {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  let before = process.cpuUsage();
  let lateBefore = 0;
  process.on('message', (message) => {
    if (message === 'begin') {
      before = process.cpuUsage();
      lateBefore = late();
      loop.reset();
      return;
    }
    const { user, system } = process.cpuUsage(before);
    const report: ServerReport = {
      cpuMs: (user + system) / 1000,
      late: late() - lateBefore,
      loopP99Ms: loop.percentile(99) / 1e6,
      loopMaxMs: loop.max / 1e6,
    };
    process.send?.(report);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port });
}
