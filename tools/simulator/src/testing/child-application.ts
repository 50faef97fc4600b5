import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 2000;

/** An application in a process of its own, in whatever language. */
export interface ChildApplication extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  /** What it has written until now, stdout and stderr as they came. */
  output(): string;
  /** Ends the process that was started, and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Starts an application and waits for its line `listening on PORT`.
 *
 * @param env the whole environment of the process. `PORT` is 0 unless given: any free port.
 * @throws {Error} where there is no such command, or the line does not come; with what the application wrote.
 */
export async function startApplication(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ChildApplication> {
  const child = spawn(command, args, { env: { PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const { promise: port, resolve, reject } = Promise.withResolvers<number>();
  let output = '';
  const read = (chunk: string) => {
    output += chunk;
    const line = /^listening on (\d+)$/m.exec(output);
    if (line) resolve(Number(line[1]));
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);

  const fail = (what: string) => reject(new Error(`${command} ${args.join(' ')} ${what}; it wrote: ${output.trim()}`));
  child.once('error', (error) => fail(`did not start: ${error.message}`));
  // 'close' comes after the last output, but not before whatever the process has started is gone as well.
  child.once('close', (code, signal) => fail(`ended before it listened (${signal ?? `exit code ${code}`})`));
  const ended = new Promise<void>((end) => child.once('error', () => end()).once('exit', () => end()));
  async function stop() {
    child.kill('SIGTERM');
    const late = new AbortController();
    await Promise.race([ended, sleep(STOP_LIMIT_MS, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
    child.kill('SIGKILL');
    await ended;
  }

  const limit = setTimeout(() => fail(`did not listen within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
  try {
    const listening = await port;
    return {
      origin: `http://127.0.0.1:${listening}`,
      port: listening,
      output: () => output,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(limit);
  }
}
