import { resolve } from 'node:path';
import type { Call } from '../call/call.ts';
import { CallProgress } from '../call/place-call.ts';
import { type CallsReport, type PlaceCallsOptions, placeCalls } from '../call/place-calls.ts';
import { loadAudio } from '../media/recording.ts';
import { hangUpOnSignal } from './hang-up-on-signal.ts';
import { CALL_HELP } from './help.ts';
import { caller, dtmfPress, positiveNumber, wholeNumber } from './option-values.ts';
import { outputFile } from './output-file.ts';
import { PLATFORM_OPTIONS, platformOptions } from './platform-arguments.ts';
import { drawProgress } from './progress-bar.ts';
import { reportText } from './report-text.ts';
import { splitArguments } from './split-arguments.ts';
import { withStartErrors } from './start-errors.ts';
import { UsageError } from './usage-error.ts';
import { reportFile, writeReport } from './write-report.ts';

const MOST_CALLS = 1000;
/** Vonage ends a call after two hours. */
const MOST_SECONDS = 7200;
const MOST_CALLS_A_SECOND = 1000;

/** What a terminal has for a waveform where it does not tell how wide it is. */
const USUAL_COLUMNS = 100;

export interface CallCommand {
  readonly options: PlaceCallsOptions;
  readonly calls: number;
  readonly json: boolean;
  readonly report: string | undefined;
}

/**
 * Reads the arguments of `call`.
 *
 * @param directory the one that relative paths are meant from.
 * @returns 'help' where only that was asked for.
 * @throws {UsageError | AudioError}
 */
export async function parseCallCommand(args: readonly string[], directory: string): Promise<CallCommand | 'help'> {
  const { values } = splitArguments({
    args: [...args],
    options: {
      ...PLATFORM_OPTIONS,
      wav: { type: 'string' },
      seconds: { type: 'string' },
      timeout: { type: 'string', default: '60' },
      dtmf: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      'no-echo': { type: 'boolean', default: false },
      calls: { type: 'string', default: '1' },
      ramp: { type: 'string' },
      out: { type: 'string' },
      received: { type: 'string' },
      report: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { seconds, dtmf, from, to, ramp, out, received } = values;
  const calls = wholeNumber('--calls', values.calls, 1, MOST_CALLS);
  if (ramp !== undefined && calls === 1) throw new UsageError('--ramp: goes with --calls');
  const options: PlaceCallsOptions = {
    ...(await platformOptions(values, directory)),
    ...(seconds !== undefined && { seconds: positiveNumber('--seconds', seconds, MOST_SECONDS) }),
    connectLimitMs: positiveNumber('--timeout', values.timeout, MOST_SECONDS) * 1000,
    dtmf: dtmf === undefined ? [] : dtmf.split(',').map(dtmfPress),
    ...(from !== undefined && { from: caller('--from', from) }),
    ...(to !== undefined && { to: caller('--to', to) }),
    expectsEcho: !values['no-echo'],
    ...(ramp !== undefined && { rampPerSecond: positiveNumber('--ramp', ramp, MOST_CALLS_A_SECOND) }),
    voidWhenLate: calls > 1,
    ...(out !== undefined && { out: outputFile('--out', out, directory, ['.wav']) }),
    ...(received !== undefined && { received: outputFile('--received', received, directory, ['.wav']) }),
    audio: await loadAudio(values.wav === undefined ? undefined : resolve(directory, values.wav)),
  };
  return {
    options,
    calls,
    json: values.json,
    report: reportFile(values.report, directory),
  };
}

/** @returns the exit code. */
export async function callCommand(args: readonly string[], directory: string): Promise<number> {
  const command = await parseCallCommand(args, directory);
  if (command === 'help') {
    process.stdout.write(CALL_HELP);
    return 0;
  }
  const hangUp = hangUpOnSignal();
  const { report, first } = await call(command, hangUp.signal);
  const written = await writeReport(command.report, report.calls[0], first?.heard);
  print(report, first, command);
  if (hangUp.exitCode !== undefined) return hangUp.exitCode;
  if (report.summary.verdict === 'void') return 3;
  return report.summary.verdict === 'passed' && written ? 0 : 1;
}

async function call({ options, calls }: CallCommand, signal: AbortSignal) {
  const progress = new CallProgress();
  let first: Call | undefined;
  using _bar = drawProgress(progress, process.stderr);
  const onCall = (one: Call) => {
    first = one;
  };
  const report = await withStartErrors(() => placeCalls({ ...options, progress, signal, onCall }, calls));
  return { report, first };
}

function print(report: CallsReport, first: Call | undefined, { json, options }: CallCommand): void {
  const nobodyThere = report.calls.every((call) => call.failureCode === 'CONNECTION_REFUSED');
  if (nobodyThere) {
    const { origin } = new URL(options.answerUrl);
    console.error(`call: nothing listens on ${origin}; start the application, or name another one with --url`);
  }
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (!nobodyThere) {
    process.stdout.write(reportText(report, first?.heard, process.stdout.columns || USUAL_COLUMNS));
  }
}
