import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeStereoWav } from '../heard/stereo-wav.ts';
import { waveformText } from '../heard/waveform-text.ts';
import type { SimulatorOptions } from '../platform/options.ts';
import { scenarioJsonSchema } from '../scenario/json-schema.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { playScenario } from '../scenario/play-scenario.ts';
import type { ScenarioResult } from '../scenario/run-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { ScenarioError } from '../scenario/scenario-error.ts';
import { RUN_HELP } from './help.ts';
import { outputFile } from './output-file.ts';
import { PLATFORM_OPTIONS, platformOptions } from './platform-arguments.ts';
import { splitArguments } from './split-arguments.ts';
import { withStartErrors } from './start-errors.ts';
import { UsageError } from './usage-error.ts';
import { reportFile, writeReport } from './write-report.ts';

/** Of a terminal that does not tell how wide it is. */
const USUAL_COLUMNS = 100;

/** @returns the exit code. */
export async function runCommand(args: readonly string[], directory: string): Promise<number> {
  const { url: _, ...platformOptionsButUrl } = PLATFORM_OPTIONS;
  const { values, positionals } = splitArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      ...platformOptionsButUrl,
      url: { type: 'string' },
      out: { type: 'string' },
      report: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(RUN_HELP);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError('run: needs the FILE of a scenario, or several');
  const report = reportFile(values.report, directory);
  const out = values.out === undefined ? undefined : outputFile('--out', values.out, directory, ['.wav']);
  const given = await givenOptions(values, directory);
  const scenarios = await loadAll(positionals, directory);
  if (!scenarios) return 2;

  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    const result = await withStartErrors(() => playScenario(scenario, given));
    results.push(result);
    if (!values.json) process.stdout.write(`${resultText(result, process.stdout.columns || USUAL_COLUMNS)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results.map(plain), null, 2)}\n`);
  else process.stdout.write(`${summaryText(results)}\n`);
  const last = results.at(-1);
  const written = await writeReport(report, last?.report, last?.call.heard, last?.name);
  const recorded = await writeHeard(out, last);
  return results.every(({ passed }) => passed) && written && recorded ? 0 : 1;
}

/** @returns the exit code. */
export function schemaCommand([surplus]: readonly string[]): number {
  if (surplus !== undefined) throw new UsageError(`schema: takes no arguments, ${surplus} is one too many`);
  process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  return 0;
}

type Values = Omit<Parameters<typeof platformOptions>[0], 'url'> & { readonly url?: string | undefined };

/** What the command line says; what it does not say is left to the scenario. */
async function givenOptions(values: Values, directory: string): Promise<Partial<SimulatorOptions>> {
  const { answerUrl, answerMethod, eventMethod, eventDelays, standIns, rules, ...rest } = await platformOptions(
    { ...values, url: values.url ?? PLATFORM_OPTIONS.url.default },
    directory,
  );
  const isDelayed = values['events-late'] ?? values['events-times'] ?? (values['events-reordered'] || undefined);
  return {
    ...rest,
    ...(values.url !== undefined && { answerUrl }),
    ...(values.post && answerMethod && { answerMethod }),
    ...(values['events-by-get'] && eventMethod && { eventMethod }),
    ...(isDelayed !== undefined && eventDelays && { eventDelays }),
    ...(values['stand-in'].length > 0 && standIns && { standIns }),
    ...(values.rule.length > 0 && rules && { rules }),
  };
}

/** @returns undefined where one of them has mistakes, which have been told then: of all files. */
async function loadAll(files: readonly string[], directory: string): Promise<Scenario[] | undefined> {
  const scenarios: Scenario[] = [];
  for (const file of files) {
    try {
      scenarios.push(await loadScenario(resolve(directory, file)));
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      console.error(error.message);
    }
  }
  return scenarios.length === files.length ? scenarios : undefined;
}

function resultText({ name, passed, expectations, problems, report, call }: ScenarioResult, columns: number): string {
  const lines = [
    `${passed ? '✔' : '✖'} ${name}`,
    // First of all, as it is often the cause of the rest.
    ...report.problems.map((problem) => `  the application: ${problem}`),
    ...expectations.map((one) => (one.passed ? `  ✔ ${one.text}` : `  ✖ ${one.text}\n      ${one.path}: ${one.found}`)),
    ...problems.map((problem) => `  ✖ ${problem}`),
    ...report.notes.map((note) => `  note: ${note}`),
  ];
  if (!passed && call.heard.durationMs > 0) lines.push('', waveformText(call.heard, columns).trimEnd());
  return lines.join('\n');
}

function summaryText(results: readonly ScenarioResult[]): string {
  const passed = results.filter((result) => result.passed).length;
  return `\n${passed} of ${results.length} ${results.length === 1 ? 'scenario' : 'scenarios'} passed`;
}

const plain = ({ name, passed, expectations, problems, report }: ScenarioResult) => ({
  name,
  passed,
  expectations,
  problems,
  report,
});

/** @returns false where it could not be written, which has been told then. */
async function writeHeard(path: string | undefined, result: ScenarioResult | undefined): Promise<boolean> {
  if (path === undefined || !result) return true;
  try {
    await writeFile(path, writeStereoWav(result.call.heard));
    return true;
  } catch (error) {
    console.error(`cannot write ${path}: ${(error as Error).message}`);
    return false;
  }
}
