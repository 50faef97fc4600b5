// npm run bench -- [--calls 300] [--seconds 20] [--rate 16000] [--handler player|echo] [--quiet-callers]
//
// So many calls play at once, while their callers talk: the gateway on one core, the callers on another. A frame's moment is
// reckoned from the earliest that any frame of its call came, so that nothing of the start is forgiven. What the callers'
// own process was late is told beside it, and voids the run where it is more than it may. With `echo`, nothing plays: that is
// what the machine and the gateway's sockets alone are late by.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { CallersReport } from './callers.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '16000' },
    handler: { type: 'string', default: 'player' },
    'quiet-callers': { type: 'boolean', default: false },
  },
});
const calls = Number(values.calls);
const seconds = Number(values.seconds);
const sampleRateHz = Number(values.rate);
const { handler, 'quiet-callers': quiet } = values;

/** Frames of 1,000 that may be late. */
const ALLOWED_LATE = 1;
/** What the callers' process may be late itself, 99 of 100 times, ms. */
const ALLOWED_OWN_MS = 10;

await using gateway = start('gateway.ts', 0, { sampleRateHz });
const { port } = (await gateway.message()) as { port: number };
console.log(
  `${calls} calls at ${sampleRateHz} Hz, ${handler}, for ${seconds} s, ${quiet ? 'silent' : 'talking'} callers …`,
);
await using callers = start('callers.ts', 1, { port, calls, seconds, sampleRateHz, handler, talk: !quiet });
await callers.message();
gateway.child.send('begin');
const report = (await callers.message()) as CallersReport;
gateway.child.send('figures');
const { cpuMs, ...own } = (await gateway.message()) as {
  cpuMs: number;
  late: number;
  loopP99Ms: number;
  loopMaxMs: number;
};

const latePer1000 = (report.late * 1000) / report.frames;
console.log(`
frames       ${report.frames} played of ${report.expected}, ${report.wrongSize} of wrong size
late         ${report.late} by more than 20 ms (${latePer1000.toFixed(3)} in 1,000); p99 ${report.lateP99Ms.toFixed(1)} ms, max ${report.lateMaxMs.toFixed(1)} ms
gaps         ${report.gaps} frames that came after the caller should have heard them
own lateness p99 ${report.ownP99Ms.toFixed(1)} ms, max ${report.ownMaxMs.toFixed(1)} ms
gateway      ${((cpuMs * 1000) / report.frames).toFixed(1)} µs of CPU a frame played, ${((cpuMs / 1000 / seconds) * 100).toFixed(0)} % of a core; ${own.late} late by its own count; event loop p99 ${own.loopP99Ms.toFixed(1)} ms, max ${own.loopMaxMs.toFixed(1)} ms`);

if (report.ownP99Ms > ALLOWED_OWN_MS) {
  console.log(`\nvoid: the callers' own process was late by more than ${ALLOWED_OWN_MS} ms`);
  process.exitCode = 2;
} else if (latePer1000 >= ALLOWED_LATE || report.wrongSize > 0 || report.frames < report.expected) {
  console.log(`\nfailed: ${ALLOWED_LATE} frame in 1,000 may be late, none missing or of wrong size`);
  process.exitCode = 1;
} else {
  console.log('\npassed');
}

/** Runs a file of this folder on a core of its own, where the machine has two and a way to say so. */
function start(file: string, core: number, parameters: object) {
  const path = new URL(file, import.meta.url).pathname;
  const pinned = process.platform === 'linux' && availableParallelism() > 1;
  const child: ChildProcess = fork(path, [JSON.stringify(parameters)], {
    execArgv: [...process.execArgv, '--max-semi-space-size=4', '--v8-pool-size=1'],
    env: { ...process.env, ...(pinned && { BENCH_CORE: String(core) }) },
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code}`);
  });
  failed.catch(() => {});
  return {
    child,
    message: async (): Promise<unknown> => (await Promise.race([once(child, 'message'), failed]))[0],
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
