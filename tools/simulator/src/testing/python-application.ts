import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ChildApplication, startApplication } from './child-application.ts';

const DIRECTORY = fileURLToPath(new URL('../../applications/python-flask/', import.meta.url));
const INSTALL_LIMIT_MS = 90_000;
const run = promisify(execFile);

/** The Python application; or, where this machine cannot run it, a sentence that says what it lacks. */
export type PythonApplication = AsyncDisposable &
  ({ readonly leftOut: string } | ({ readonly leftOut: undefined } & ChildApplication));

/** The directory with the packages, or what this machine lacks to get them. */
type Installed = { readonly packages: string } | { readonly lack: string };

/** By the command that runs Python: once installed, packages serve until this process ends. */
const installed = new Map<string, Promise<Installed>>();

/**
 * Starts the Python application. Packages that this machine's Python lacks are installed into a temporary directory, which
 * goes when this process ends.
 *
 * @param env the environment to start from: that of this process, and `ECHO_TEXT: '1'` for an echo of text messages as well.
 * @throws {Error} where there is all that it needs, and it does not start.
 */
export async function startPythonApplication(env: NodeJS.ProcessEnv, python = 'python3'): Promise<PythonApplication> {
  if (!(await succeeds(python, ['--version'], env))) return leaveOut(`there is no ${python}`);
  const app = join(DIRECTORY, 'app.py');
  if (await succeeds(python, ['-c', 'import flask, flask_sock'], env)) {
    return { leftOut: undefined, ...(await startApplication(python, [app], env)) };
  }

  const installing = installed.get(python) ?? install(python, env);
  installed.set(python, installing);
  const outcome = await installing;
  if ('lack' in outcome) return leaveOut(outcome.lack);
  const path = [outcome.packages, env.PYTHONPATH].filter(Boolean).join(delimiter);
  return { leftOut: undefined, ...(await startApplication(python, [app], { ...env, PYTHONPATH: path })) };
}

function leaveOut(sentence: string): PythonApplication {
  return { leftOut: sentence, async [Symbol.asyncDispose]() {} };
}

async function succeeds(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return run(command, args, { env }).then(
    () => true,
    () => false,
  );
}

/**
 * Into a directory and not a virtual environment: some systems ship a Python that has pip and no `venv`.
 *
 * @throws {Error} where pip fails, and not for want of a network.
 */
async function install(python: string, env: NodeJS.ProcessEnv): Promise<Installed> {
  const packages = await mkdtemp(join(tmpdir(), 'python-flask-'));
  process.once('exit', () => rmSync(packages, { recursive: true, force: true }));
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '10'];
  const requirements = join(DIRECTORY, 'requirements.txt');
  try {
    const args = [...pip, 'install', '--quiet', '--target', packages, '--requirement', requirements];
    await run(python, args, { env, timeout: INSTALL_LIMIT_MS });
    return { packages };
  } catch (error) {
    const { stderr, killed } = error as { stderr: string; killed: boolean };
    if (/No module named '?pip/.test(stderr)) return { lack: `${python} has neither Flask with flask-sock nor pip` };
    if (killed || /connection broken|NewConnectionError|ConnectTimeout|ReadTimeout/.test(stderr)) {
      return { lack: `${python} has no Flask with flask-sock, and its pip reaches no package index` };
    }
    throw error;
  }
}
