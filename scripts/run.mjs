// The one door behind every npm verb. Plain JavaScript for any Node.js that can still run it: it installs what is missing
// from the lock file, finds a Node.js new enough to run TypeScript as it is, and starts the verb there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const windows = process.platform === 'win32';
const REQUIRED_NODE_MAJOR = 24;

/** TypeScript sources run as they are, by Node's own type stripping; the condition picks each package's `src` over its `dist`. */
const source = ['--conditions=kodama:source', '--enable-source-maps'];
/** As in the Dockerfile, which says why. */
const standalone = [
  '--max-semi-space-size=4',
  '--v8-pool-size=1',
  '--import',
  './tools/standalone/src/instrument.ts',
  'tools/standalone/src/main.ts',
];

/** verb -> the command lines it runs, one after the other; what the user adds goes to the last one. */
const verbs = {
  start: [['node', ...source, ...standalone]],
  dev: [['node', ...source, '--watch', ...standalone]],
  call: [['node', ...source, 'tools/simulator/src/main.ts', 'call']],
  scenario: [['node', ...source, 'tools/simulator/src/main.ts', 'run']],
  simulator: [['node', ...source, 'tools/simulator/src/main.ts']],
  'speech-service': [['node', ...source, 'examples/speech-bridge/src/stand-in-main.ts']],
  'new-handler': [['node', ...source, 'scripts/new-handler.ts']],
  events: [['node', ...source, 'services/events/src/cli/main.ts']],
  bench: [['node', ...source, 'services/media-gateway/bench/playing.bench.ts']],
  'bench:inbox': [['node', ...source, 'tests/bench/inbox.bench.ts']],
  build: [['turbo', 'run', 'build']],
  typecheck: [['turbo', 'run', 'typecheck']],
  lint: [['biome', 'check', '--error-on-warnings', '.']],
  format: [['biome', 'check', '--write', '.']],
  test: [['node', ...source, 'scripts/test.ts', 'unit', 'integration', 'e2e']],
  'test:unit': [['node', ...source, 'scripts/test.ts', 'unit']],
  'test:integration': [['node', ...source, 'scripts/test.ts', 'integration']],
  'test:e2e': [['node', ...source, 'scripts/test.ts', 'e2e']],
};

const [verb, ...extra] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb)) fail(`unknown verb "${verb ?? ''}"; there are: ${Object.keys(verbs).join(', ')}`);

installWhatIsMissing();
const node = findNode();
const env = {
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${bin}${delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: '1',
};

// NATS is published nowhere, so what looks at its events runs beside it, unless NATS_URL names one that is reached from here.
const needsStack =
  verb === 'events' && !process.env.NATS_URL && !extra.every((word) => /^(--help|-h|help)$/.test(word));
const inTerminal = process.stdin.isTTY && process.stdout.isTTY;
const steps = needsStack ? [inEventsContainer()] : verbs[verb];
const runStep = needsStack && !inTerminal ? runPiped : run;
for (const [index, [command, ...args]] of steps.entries()) {
  const last = index === steps.length - 1;
  const status = await runStep(command === 'node' ? node : command, last ? [...args, ...extra] : args);
  if (status !== 0) process.exit(status);
}

/** Runs `npm ci` unless the installed tree is the one that the lock file asks for. */
function installWhatIsMissing() {
  const stamp = join(root, 'node_modules', '.kodama-lock');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('kodama: installing the packages of package-lock.json (npm ci); once …');
  // Quiet about engines: npm itself may run on an older Node.js than the one that the packages will run on.
  const npm = spawnSync('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
  });
  if (npm.status !== 0) fail('npm ci failed: its messages are above');
  writeFileSync(stamp, wanted);
}

/** This Node.js where it is new enough, else the one that the lock file pins as an optional package. */
function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= REQUIRED_NODE_MAJOR) return process.execPath;
  const pinned = join(bin, windows ? 'node.cmd' : 'node');
  if (existsSync(pinned)) return pinned;
  return fail(
    `Node.js ${REQUIRED_NODE_MAJOR} or newer is needed, this is ${process.version}, and npm has no package of it for ${process.platform}-${process.arch}: install it from https://nodejs.org`,
  );
}

/** The command line of `events` in the container of the running stack. */
function inEventsContainer() {
  const up = spawnSync('docker', ['compose', 'ps', '--quiet', '--status', 'running', 'events'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (up.error) fail(`the events of a stack are looked at through Docker, which is not there: ${up.error.message}`);
  if (!up.stdout.trim()) {
    fail('the stack is not up: docker compose up --detach --wait; or name another NATS in NATS_URL');
  }
  const piped = inTerminal ? [] : ['--no-TTY', '--env', 'KODAMA_ENDS_WITH_STDIN=1'];
  // It shares the container's memory with the service.
  const small = ['--max-semi-space-size=4', '--max-old-space-size=64'];
  return ['docker', 'compose', 'exec', ...piped, 'events', 'node', ...small, 'dist/cli/main.js'];
}

/** Runs one command in the foreground, hands SIGTERM and SIGINT on to it, and gives back its exit status. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env, shell: windows });
    const forward = (signal) => child.kill(signal);
    // Ctrl-C reaches the child by itself, as the terminal signals the whole group; this process only has to outlive it.
    const ignore = () => {};
    process.on('SIGTERM', forward);
    process.on('SIGINT', ignore);
    child.on('error', (error) => fail(`cannot run ${command}: ${error.message}`));
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', ignore);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/**
 * Runs a command that ends with its stdin, and gives back its exit status. Without a terminal Docker tells what it runs
 * nothing of a signal, nor that nobody reads any more: it would run on in the container.
 */
function runPiped(command, args) {
  return new Promise((resolve) => {
    // In a group of its own, where Ctrl-C does not reach it before its stdin has ended.
    const options = { cwd: root, stdio: ['pipe', 'pipe', 'inherit'], env, shell: windows, detached: !windows };
    const child = spawn(command, args, options);
    const end = () => child.stdin.end();
    let unread = false;
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
    child.stdin.on('error', () => {});
    process.stdout.on('error', () => {
      unread = true;
      child.stdout.resume();
      end();
    });
    child.stdout.pipe(process.stdout);
    child.on('error', (error) => fail(`cannot run ${command}: ${error.message}`));
    child.on('close', (code) => resolve(unread ? 0 : (code ?? 143)));
  });
}

function fail(message) {
  console.error(`kodama: ${message}`);
  process.exit(1);
}
