import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { atExit } from './at-exit.ts';
import { root } from './images.ts';
import { freePort } from './ports.ts';
import { until } from './wait.ts';

export type ServiceName = 'ncco-api' | 'events' | 'media-gateway';

export interface ServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The probe that has to answer 200 before the start counts as done. Default `/readyz`; false: the start is not waited for. */
  readonly waitFor?: '/readyz' | '/healthz' | false;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly level?: string; readonly msg?: string };

/** One of the services as a process of its own, from its sources: what runs in the container, but for the container. */
export class Service implements AsyncDisposable {
  readonly name: ServiceName;
  readonly url: string;
  readonly port: number;
  /** Every line of the log so far, parsed. */
  readonly logs: LogLine[] = [];
  /** Everything that was written to stderr so far. */
  stderr = '';
  /** Exit code, or the signal's name for a process that died of one. */
  readonly exited: Promise<number | string>;
  readonly #child: ChildProcess;

  constructor(name: ServiceName, port: number, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    const child = spawn(
      process.execPath,
      [
        '--conditions=kodama:source',
        '--enable-source-maps',
        '--import',
        '@kodama/shared/telemetry/instrument',
        `services/${name}/src/main.ts`,
      ],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          HOST: '127.0.0.1',
          PORT: String(port),
          OTEL_SERVICE_NAME: name,
          // Traces go nowhere unless a test names a Jaeger.
          ...(env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined && { OTEL_TRACES_EXPORTER: 'none' }),
          // Sockets need no token unless a test gives a secret for it.
          ...(env.SOCKET_TOKEN_SECRETS === undefined && { SOCKET_AUTH: 'off' }),
          ...env,
        },
      },
    );
    const forget = atExit(() => child.kill('SIGKILL'));
    this.#child = child;
    this.exited = once(child, 'close').then(([code, signal]) => {
      forget();
      return code ?? signal;
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.logs.push(parseLine(line)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends the signal and gives back the exit code, or the signal's name where the process died of it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.#child.kill(signal);
    return this.exited;
  }

  /** What it has logged that is no mere news; that sockets need no token here is no complaint. */
  get complaints(): LogLine[] {
    const worrying = ['warn', 'error', 'fatal'];
    return this.logs.filter(
      ({ level = '', msg = '' }) => worrying.includes(level) && !msg.includes('are NOT authorised'),
    );
  }

  /** The first log line with this message, as soon as it is there. */
  async logged(msg: string, deadlineMs = 10_000): Promise<LogLine> {
    return until(() => this.logs.find((line) => line.msg === msg), {
      what: `${this.name} to log "${msg}"`,
      deadlineMs,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }
}

/** `await using events = await startService('events', { env: { NATS_URL: nats.url } })` */
export async function startService(
  name: ServiceName,
  { env = {}, waitFor = '/readyz' }: ServiceOptions = {},
): Promise<Service> {
  const service = new Service(name, await freePort(), env);
  if (waitFor === false) return service;
  const ended = service.exited.then((code) => {
    throw new Error(`${name} ended with ${code} instead of starting\n${describeOutput(service)}`);
  });
  const ready = until(async () => (await fetch(service.url + waitFor)).ok, {
    what: `${name} to answer 200 on ${waitFor}`,
    deadlineMs: 20_000,
  });
  try {
    await Promise.race([ready, ended]);
  } catch (error) {
    await service.stop('SIGKILL');
    throw error;
  } finally {
    // Whichever lost the race may still reject, long after anybody listens.
    ready.catch(() => {});
    ended.catch(() => {});
  }
  return service;
}

function describeOutput({ logs, stderr }: Service): string {
  return [...logs.map((line) => JSON.stringify(line)), stderr].join('\n');
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line);
  } catch {
    return { msg: line };
  }
}
