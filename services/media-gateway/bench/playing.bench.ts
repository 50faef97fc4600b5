// npm run bench -- [--calls 300] [--seconds 20] [--rate 16000] [--quiet-callers]
//
// So many calls play at once, while their callers talk: the server on one core, the callers on another. First a bare server of
// `ws`, which shows what the machine can do in this minute, and then the gateway. A frame is late by the clock of whoever hears
// it: the first is heard when it comes, and each other 20 ms after the one before. Beside it stands how far frames were behind
// the steadiest pace of their call, which forgives nothing for being sent ahead. A run is void where the callers' own process
// was late.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { CallersReport } from './callers.ts';
import type { ServerReport } from './measured.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '16000' },
    'quiet-callers': { type: 'boolean', default: false },
  },
});
const calls = Number(values.calls);
const seconds = Number(values.seconds);
const sampleRateHz = Number(values.rate);
// A call's moments are reckoned from its frames behind the first two seconds.
if (!(calls >= 1 && seconds >= 3 && [8000, 16_000, 24_000].includes(sampleRateHz))) {
  console.error('--calls is 1 or more, --seconds 3 or more, --rate 8000, 16000 or 24000');
  process.exit(2);
}
const talk = !values['quiet-callers'];

/** Frames of 1,000 that may be late. */
const ALLOWED_LATE = 1;
/** What the callers' process may be late itself, 99 of 100 times, ms. */
const ALLOWED_OWN_MS = 10;

interface Result extends ServerReport {
  readonly heard: CallersReport;
  readonly latePer1000: number;
  readonly cpuUsPerFrame: number;
}

const callersAre = talk ? 'talking' : 'silent';
console.log(`${calls} calls at ${sampleRateHz} Hz play for ${seconds} s to ${callersAre} callers, twice …`);
const bare = await measure('bare ws', 'bare.ts');
const gateway = await measure('gateway', 'gateway.ts');
const { heard } = gateway;
console.log(`\nratio: ${(gateway.cpuUsPerFrame / bare.cpuUsPerFrame).toFixed(2)} of the CPU a frame of bare ws`);

if (Math.max(heard.ownP99Ms, bare.heard.ownP99Ms) > ALLOWED_OWN_MS) {
  console.log(`void: the callers' own process was late by more than ${ALLOWED_OWN_MS} ms`);
  process.exitCode = 2;
} else if (heard.wrongSize > 0 || heard.frames < heard.expected) {
  console.log('failed: frames are missing or of wrong size');
  process.exitCode = 1;
} else if (gateway.latePer1000 < ALLOWED_LATE) {
  console.log('passed');
} else {
  console.log(`failed: ${ALLOWED_LATE} frame in 1,000 may be late`);
  process.exitCode = 1;
}

async function measure(name: string, file: string): Promise<Result> {
  await using server = start(file, 0, { sampleRateHz });
  const { port } = (await server.message()) as { port: number };
  await using callers = start('callers.ts', 1, { port, calls, seconds, sampleRateHz, talk });
  await callers.message();
  server.child.send('begin');
  const heard = (await callers.message()) as CallersReport;
  server.child.send('report');
  const report = (await server.message()) as ServerReport;
  const per1000 = (frames: number) => (frames * 1000) / heard.frames;
  const latePer1000 = per1000(heard.late);
  const cpuUsPerFrame = (report.cpuMs * 1000) / heard.frames;
  console.log(`
${name}
  frames        ${heard.frames} of ${heard.expected}, ${heard.wrongSize} of wrong size
  late          ${latePer1000.toFixed(3)} in 1,000 by more than 20 ms, for whoever hears them
  behind pace   ${per1000(heard.behind).toFixed(3)} in 1,000 by more than 20 ms; p99 ${heard.behindP99Ms.toFixed(1)} ms, max ${heard.behindMaxMs.toFixed(1)} ms
  by own count  ${per1000(report.late).toFixed(3)} in 1,000; event loop p99 ${report.loopP99Ms.toFixed(1)} ms, max ${report.loopMaxMs.toFixed(1)} ms
  CPU           ${cpuUsPerFrame.toFixed(1)} µs a frame, ${(report.cpuMs / 10 / seconds).toFixed(0)} % of a core
  callers       own lateness p99 ${heard.ownP99Ms.toFixed(1)} ms, max ${heard.ownMaxMs.toFixed(1)} ms`);
  return { ...report, heard, latePer1000, cpuUsPerFrame };
}

/** Runs a file of this folder on a core of its own, where the machine has two and a way to say so. */
function start(file: string, core: number, parameters: object) {
  const path = new URL(file, import.meta.url).pathname;
  const pinned = process.platform === 'linux' && availableParallelism() > 1;
  const child: ChildProcess = fork(path, [JSON.stringify(parameters)], {
    // As in the Dockerfile, which says why.
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
      if (!child.connected) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
