// node scripts/test.ts unit integration e2e: runs these parts one after the other and adds their results up.
// node scripts/test.ts unit FILE …: of a part, these files alone.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

interface Part {
  readonly title: string;
  readonly files: readonly string[];
  readonly needsDocker: boolean;
  /** Test files that run at a time. */
  readonly concurrency: number;
  /** Longest that one test may take, ms. */
  readonly timeoutMs: number;
}

const parts: Readonly<Record<string, Part>> = {
  unit: {
    title: 'unit',
    files: ['{libs,services,tools,examples}/*/src/**/*.test.ts', 'tests/support/**/*.test.ts'],
    needsDocker: false,
    concurrency: availableParallelism(),
    timeoutMs: 30_000,
  },
  integration: {
    title: 'integration',
    files: ['tests/integration/**/*.test.ts'],
    needsDocker: true,
    concurrency: 2,
    timeoutMs: 180_000,
  },
  e2e: {
    title: 'end-to-end',
    files: ['tests/e2e/**/*.test.ts'],
    needsDocker: true,
    concurrency: 1,
    timeoutMs: 600_000,
  },
};

// The test files are processes of their own, and clean up behind them when they are told to end.
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ended.abort());

const asked: Part[] = [];
const onlyFiles: string[] = [];
for (const argument of process.argv.slice(2)) {
  const part = parts[argument];
  if (part) asked.push(part);
  else if (argument.endsWith('.test.ts') && existsSync(argument)) onlyFiles.push(resolve(argument));
  else
    throw new Error(`"${argument}" is neither a file of tests nor a part; there are: ${Object.keys(parts).join(', ')}`);
}
const withoutDocker = asked.some(({ needsDocker }) => needsDocker) ? reasonForNoDocker() : undefined;
const leftOut = withoutDocker === undefined ? [] : asked.filter(({ needsDocker }) => needsDocker);

const total = { passed: 0, failed: 0, skipped: 0 };
for (const part of asked) if (!leftOut.includes(part) && !ended.signal.aborted) await runPart(part);

console.log('');
if (leftOut.length > 0) {
  const titles = leftOut.map(({ title }) => title).join(' and ');
  console.log(`left out: ${titles} tests: no Docker engine answers (${withoutDocker})`);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
// Nothing ran, nothing is known.
process.exitCode = total.failed === 0 && total.passed > 0 && !ended.signal.aborted ? 0 : 1;

async function runPart({ title, files: globs, concurrency, timeoutMs }: Part): Promise<void> {
  const all = globSync(globs).sort();
  const files = onlyFiles.length === 0 ? all : all.filter((file) => onlyFiles.includes(resolve(file)));
  console.log(`\n${title} tests: ${files.length} files`);
  const before = total.passed + total.failed;

  const results = run({
    files,
    concurrency,
    timeout: timeoutMs,
    signal: ended.signal,
    execArgv: ['--conditions=kodama:source', '--enable-source-maps'],
  });
  results.on('test:pass', ({ name, file, details, skip, todo }) => {
    if (details.type === 'suite') return;
    if (skip !== undefined || todo !== undefined) total.skipped += 1;
    // node:test lets a file without a test pass as if it were one.
    else if (file === resolve(name)) failBecause(`${name} has no test in it`);
    else total.passed += 1;
  });
  results.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') total.failed += 1;
  });
  for await (const text of results.compose(new spec())) process.stdout.write(text);

  if (total.passed + total.failed === before) failBecause(`no ${title} test ran`);
}

function failBecause(what: string): void {
  total.failed += 1;
  console.log(`✖ ${what}`);
}

/** `undefined` where an engine answers. */
function reasonForNoDocker(): string | undefined {
  try {
    execFileSync('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 20_000, stdio: 'pipe' });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT') return 'docker info: there is no such command';
    return `docker info: ${stderr?.toString().trim().split('\n').at(-1) || code}`;
  }
}
