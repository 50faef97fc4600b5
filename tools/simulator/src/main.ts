import { constants } from 'node:os';
import { type CallsReport, placeCalls } from './call/place-calls.ts';
import { type CommandLine, HELP, parseCommandLine, UsageError } from './cli/command-line.ts';
import { drawProgress } from './cli/progress-bar.ts';
import { reportText } from './cli/report-text.ts';
import { AudioError, loadAudio } from './media/recording.ts';

/** Signals within this time are one. */
const SAME_SIGNAL_MS = 500;

process.exitCode = await main();

/** @returns the exit code: see {@link HELP}. */
async function main(): Promise<number> {
  try {
    // npm runs scripts in the package's directory and tells here where the user stands.
    const commandLine = parseCommandLine(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
    if (commandLine === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const hangUp = hangUpOnSignal();
    const report = await call(commandLine, hangUp.signal);
    print(report, commandLine);
    return hangUp.exitCode ?? (report.summary.verdict === 'passed' ? 0 : 1);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AudioError)) throw error;
    console.error(`call: ${error.message}`);
    return 2;
  }
}

async function call(
  { calls, wav, out, seconds, sampleRateHz, json: _, ...settings }: CommandLine,
  signal: AbortSignal,
): Promise<CallsReport> {
  const progress = { framesPlanned: 0, framesSent: 0 };
  const audio = await loadAudio(wav);
  using _bar = drawProgress(progress, process.stderr);
  return await placeCalls(
    {
      ...settings,
      audio,
      progress,
      signal,
      ...(out !== undefined && { out }),
      ...(seconds !== undefined && { seconds }),
      ...(sampleRateHz !== undefined && { sampleRateHz }),
    },
    calls,
  );
}

interface HangUp {
  signal: AbortSignal;
  /** 128 and the number of the first signal, as shells count; undefined as long as there was none. */
  exitCode: number | undefined;
}

/** The first Ctrl-C or SIGTERM hangs up, a later one ends the process. */
function hangUpOnSignal(): HangUp {
  const controller = new AbortController();
  const hangUp: HangUp = { signal: controller.signal, exitCode: undefined };
  let hungUpAtMs = 0;
  const onSignal = (name: 'SIGINT' | 'SIGTERM') => {
    if (hangUp.exitCode === undefined) {
      hangUp.exitCode = 128 + constants.signals[name];
      hungUpAtMs = performance.now();
      controller.abort();
      return;
    }
    // One Ctrl-C may come twice: from the terminal, and passed on by npm.
    if (performance.now() - hungUpAtMs > SAME_SIGNAL_MS) process.exit(hangUp.exitCode);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return hangUp;
}

function print(report: CallsReport, { json, answerUrl }: CommandLine): void {
  const nobodyThere = report.calls.every((call) => call.failureCode === 'CONNECTION_REFUSED');
  if (nobodyThere) {
    console.error(`call: nothing listens on ${answerUrl.origin}; start it with npm start or docker compose up`);
  }
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (!nobodyThere) process.stdout.write(reportText(report));
}
