import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { atExit } from './at-exit.ts';
import { root } from './images.ts';
import { until } from './wait.ts';

export interface CliRun {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line of the events service as a process of its own, from its sources: what runs in the container. */
export class EventsCli implements AsyncDisposable {
  stdout = '';
  stderr = '';
  /** Exit code, or the signal's name for a process that died of one. */
  readonly exited: Promise<number | string>;
  readonly child: ChildProcess;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, ['--conditions=kodama:source', 'services/events/src/cli/main.ts', ...args], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
      env,
    });
    const forget = atExit(() => this.child.kill('SIGKILL'));
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      forget();
      return code ?? signal;
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  /** What it wrote to stdout so far, as lines. */
  get lines(): string[] {
    return this.stdout.split('\n').filter((line) => line !== '');
  }

  /** As soon as it has written so many lines to stdout. */
  async wrote(lines: number): Promise<string[]> {
    return until(() => this.lines.length >= lines && this.lines, {
      what: `${lines} lines of the command; there are ${this.lines.length}, and ${this.stderr}`,
      deadlineMs: 20_000,
    });
  }

  /** As soon as stderr has this. */
  async noted(text: string): Promise<unknown> {
    return until(() => this.stderr.includes(text), { what: `the command to note "${text}"`, deadlineMs: 20_000 });
  }

  async stop(signal: NodeJS.Signals): Promise<number | string> {
    this.child.kill(signal);
    return this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }
}

/** Runs it to its end. */
export async function eventsCli(args: readonly string[], env: Readonly<Record<string, string>>): Promise<CliRun> {
  await using cli = new EventsCli(args, env);
  const code = await cli.exited;
  return { code, stdout: cli.stdout, stderr: cli.stderr };
}
