import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { atExit } from './at-exit.ts';
import { root } from './images.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

export interface DeploymentOptions {
  /** Name of the Compose project: its containers, network and volumes are all under it. */
  readonly project: string;
  /** Variables as .env would give them. A .env that is there is not read. */
  readonly env?: Readonly<Record<string, string>>;
  /** Instances of media-gateway. */
  readonly gateways?: number;
  /** Instances of events. */
  readonly events?: number;
  /** Compose files beside docker-compose.yml, which they change: paths in the repository. */
  readonly files?: readonly string[];
  /** Only these, and nothing that they depend on. Default: everything. */
  readonly only?: readonly string[];
}

/** docker-compose.yml itself, built and up, on ports of its own. It goes with its volumes when its block ends. */
export class Deployment implements AsyncDisposable {
  readonly url: string;
  /** Where calls are shown: `/api/calls`. */
  readonly operatorUrl: string;
  readonly jaegerUrl: string;
  readonly #project: string;
  readonly #files: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  readonly #forget: () => void;

  private constructor(
    { project, env, files = [] }: DeploymentOptions,
    port: number,
    operatorPort: number,
    jaegerPort: number,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.operatorUrl = `http://127.0.0.1:${operatorPort}`;
    this.jaegerUrl = `http://127.0.0.1:${jaegerPort}`;
    this.#project = project;
    this.#files = ['docker-compose.yml', ...files].flatMap((file) => ['--file', file]);
    this.#env = {
      ...process.env,
      ...env,
      KODAMA_PORT: String(port),
      KODAMA_OPERATOR_PORT: String(operatorPort),
      JAEGER_PORT: String(jaegerPort),
      COMPOSE_DISABLE_ENV_FILE: '1',
    };
    this.#forget = atExit(() => execFileSync('docker', this.#down(), { cwd: root, env: this.#env, stdio: 'ignore' }));
  }

  static async up(options: DeploymentOptions): Promise<Deployment> {
    const { project, gateways = 1, events = 1, only = [] } = options;
    const deployment = new Deployment(options, await freePort(), await freePort(), await freePort());
    console.log(`${project}: building the images and starting them; a minute or two the first time …`);
    try {
      const scale = Object.entries({ 'media-gateway': gateways, events })
        // Compose refuses numbers of what it is not to start.
        .filter(([service]) => only.length === 0 || only.includes(service))
        .flatMap(([service, instances]) => ['--scale', `${service}=${instances}`]);
      const what = only.length > 0 ? ['--no-deps', ...only] : [];
      await deployment.compose('up', '--build', '--detach', '--wait', ...scale, ...what);
      return deployment;
    } catch (error) {
      const logs = await deployment.compose('logs', '--no-color', '--tail', '40').catch(() => '');
      await deployment[Symbol.asyncDispose]();
      throw new Error(`${project} did not come up\n${logs}`, { cause: error });
    }
  }

  /** Runs `docker compose …` on the project and gives back what it wrote to stdout. */
  async compose(...args: string[]): Promise<string> {
    const command = ['compose', ...this.#files, '--project-name', this.#project, ...args];
    try {
      const { stdout } = await run('docker', command, { cwd: root, env: this.#env, maxBuffer: 64 * 1024 * 1024 });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`docker ${command.join(' ')}\n${stdout.slice(-4000)}\n${stderr.slice(-4000)}`);
    }
  }

  /** What `npm run events -- …` does, on this project. */
  async events(...args: string[]): Promise<string> {
    const env: NodeJS.ProcessEnv = { ...this.#env, COMPOSE_PROJECT_NAME: this.#project };
    // With it, the command would ask that server and no container.
    delete env.NATS_URL;
    const { stdout } = await run('node', ['scripts/run.mjs', 'events', ...args], { cwd: root, env });
    return stdout;
  }

  /** Ids of a service's containers, as long as `docker` writes them in full. */
  async containers(service: string): Promise<string[]> {
    return (await this.compose('ps', '--quiet', '--no-trunc', service)).trim().split('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('docker', this.#down(), { cwd: root, env: this.#env });
    this.#forget();
  }

  #down(): string[] {
    return ['compose', ...this.#files, '--project-name', this.#project, 'down', '--volumes', '--timeout', '1'];
  }
}

/** Runs `docker …` on single containers, and gives back what it wrote to stdout. */
export async function docker(verb: 'stop' | 'start' | 'kill' | 'inspect', ...args: string[]): Promise<string> {
  return (await run('docker', [verb, ...args])).stdout.trim();
}
