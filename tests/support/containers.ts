import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  GenericContainer,
  getContainerRuntimeClient,
  Network,
  type StartedNetwork,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
import { atExit } from './at-exit.ts';
import { composeCommand, images, root } from './images.ts';
import { freePort } from './ports.ts';

/** Where a container is to be found by other containers. */
export interface Place {
  readonly network?: StartedNetwork;
  /** Its name in that network; default: the one it has in docker-compose.yml. */
  readonly alias?: string;
}

/** `await using network = await startNetwork()`, before the containers in it, so that it goes after them. */
export async function startNetwork(): Promise<StartedNetwork> {
  const network = await new Network().start();
  networks.push(network.getId());
  return network;
}

/** Found again by their label when the run ends early: whatever has been created, even what is still starting. */
const label = { 'kodama.test-run': randomUUID() };
const networks: string[] = [];
atExit(() => {
  const filter = Object.entries(label).map(([name, value]) => `label=${name}=${value}`);
  const left = docker('ps', '--all', '--quiet', '--filter', ...filter);
  if (left.length > 0) docker('rm', '--force', '--volumes', ...left);
  const known = docker('network', 'ls', '--quiet', '--no-trunc');
  for (const network of networks) if (known.includes(network)) docker('network', 'rm', network);
});

/** What every container here begins with. */
export function container(image: string): GenericContainer {
  return new GenericContainer(image).withLabels(label);
}

/** A container that can be made to fail in the ways that real ones do. It is removed when its `await using` block ends. */
export class Container implements AsyncDisposable {
  readonly started: StartedTestContainer;

  constructor(started: StartedTestContainer) {
    this.started = started;
  }

  /** Stops it as `docker stop` does. Its data and, where it was given one, its port on this machine stay. */
  async stop(timeoutSeconds = 10): Promise<void> {
    await (await this.#engine()).stop({ t: timeoutSeconds });
  }

  /** Ends it without a word to anyone, as a power cut would. */
  async kill(): Promise<void> {
    await (await this.#engine()).kill();
  }

  async start(): Promise<void> {
    await (await this.#engine()).start();
  }

  /**
   * Its address in this network, of which it has one in each that it is in, the engine's own among them. The engine may give
   * it another one with each start.
   */
  async address(network: StartedNetwork): Promise<string> {
    const { NetworkSettings } = await (await this.#engine()).inspect();
    const address = NetworkSettings.Networks[network.getName()]?.IPAddress;
    if (!address) throw new Error(`the container is not in the network ${network.getName()}`);
    return address;
  }

  /** Freezes it: its connections stay open, and nothing answers. */
  async pause(): Promise<void> {
    await (await this.#engine()).pause();
  }

  async unpause(): Promise<void> {
    await (await this.#engine()).unpause();
  }

  /** Everything that it wrote to stdout and stderr so far. */
  async logs(): Promise<string> {
    return withoutFrames(await (await this.#engine()).logs({ stdout: true, stderr: true, follow: false }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#engine()).remove({ force: true, v: true });
  }

  async #engine() {
    const client = await getContainerRuntimeClient();
    return client.container.dockerode.getContainer(this.started.getId());
  }
}

export class Nats extends Container {
  /** From this machine; the same after a restart. */
  readonly url: string;

  constructor(started: StartedTestContainer) {
    super(started);
    this.url = `nats://${started.getHost()}:${started.getMappedPort(4222)}`;
  }
}

/**
 * NATS with JetStream, on the configuration of docker-compose.yml, with more lines behind it where they are given; its data
 * outlives a stop, unless it has a disk that is so large.
 */
export async function startNats({
  network,
  alias = 'nats',
  dataMegabytes,
  config = '',
}: Place & { dataMegabytes?: number; config?: string } = {}): Promise<Nats> {
  const content = `${await readFile(path('nats/nats-server.conf'), 'utf8')}\n${config}`;
  const definition = container(images.nats)
    .withCommand(composeCommand('nats'))
    .withCopyContentToContainer([{ content, target: '/etc/nats/nats-server.conf' }])
    .withExposedPorts({ container: 4222, host: await freePort() }, 8222)
    .withWaitStrategy(Wait.forHttp('/healthz', 8222));
  if (dataMegabytes !== undefined) definition.withTmpFs({ '/data': `size=${dataMegabytes}m` });
  return new Nats(await placed(definition, network, alias).start());
}

export class Redis extends Container {
  /** From this machine; the same after a restart. */
  readonly url: string;

  constructor(started: StartedTestContainer) {
    super(started);
    this.url = `redis://${started.getHost()}:${started.getMappedPort(6379)}`;
  }
}

/** Redis on the options of docker-compose.yml; its data outlives a stop. */
export async function startRedis({ network, alias = 'redis' }: Place = {}): Promise<Redis> {
  const definition = container(images.redis)
    .withCommand(composeCommand('redis'))
    .withExposedPorts({ container: 6379, host: await freePort() })
    .withWaitStrategy(Wait.forSuccessfulCommand('redis-cli ping | grep -q PONG'));
  return new Redis(await placed(definition, network, alias).start());
}

export class Jaeger extends Container {
  /** Its query API and pages, for `tests/support/jaeger.ts`. */
  readonly url: string;
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly otlpUrl: string;

  constructor(started: StartedTestContainer) {
    super(started);
    this.url = `http://${started.getHost()}:${started.getMappedPort(16686)}`;
    this.otlpUrl = `http://${started.getHost()}:${started.getMappedPort(4318)}`;
  }
}

export async function startJaeger({ network, alias = 'jaeger' }: Place = {}): Promise<Jaeger> {
  const definition = container(images.jaeger)
    .withExposedPorts(4318, 13133, 16686)
    .withWaitStrategy(Wait.forHttp('/status', 13133));
  return new Jaeger(await placed(definition, network, alias).start());
}

export class Nginx extends Container {
  /** What Vonage asks. */
  readonly url: string;
  /** Where calls are shown. */
  readonly operatorUrl: string;
  readonly port: number;

  constructor(started: StartedTestContainer) {
    super(started);
    this.port = started.getMappedPort(8080);
    this.url = `http://${started.getHost()}:${this.port}`;
    this.operatorUrl = `http://${started.getHost()}:${started.getMappedPort(8081)}`;
  }

  /** The access log so far, parsed. */
  async accessLog(): Promise<Record<string, string | number>[]> {
    return (await this.logs())
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }
}

/** nginx with the repository's own configuration. Its upstreams are whatever has their names in the network. */
export async function startNginx(network: StartedNetwork): Promise<Nginx> {
  const definition = container(images.nginx)
    .withUser('nginx')
    .withTmpFs({ '/tmp': 'size=1m' })
    .withDroppedCapabilities('ALL')
    .withBindMounts(
      ['nginx.conf', 'conf.d', 'snippets'].map((name) => ({
        source: path(`nginx/${name}`),
        target: `/etc/nginx/${name}`,
        mode: 'ro',
      })),
    )
    .withExposedPorts(8080, 8081)
    .withWaitStrategy(Wait.forHttp('/healthz', 8080));
  return new Nginx(await placed(definition, network, 'nginx').start());
}

/** Ports that a Toxiproxy can serve: one for each thing it stands in front of. */
const TOXIPROXY_PORTS = [8666, 8667, 8668] as const;

/** One stretch of bad network: `host:port` is what a service is pointed at instead of the real thing. */
export interface BadLink {
  readonly host: string;
  readonly port: number;
  /** Every answer comes this much later, ms. */
  slow(latencyMs: number): Promise<void>;
  /** Nothing gets through any more, and nobody is told: connections stay open. */
  stall(): Promise<void>;
  /** Connections are closed, and new ones refused. */
  cut(): Promise<void>;
  /** As if nothing had been, on every link. */
  heal(): Promise<void>;
}

export class Toxiproxy extends Container {
  #links = 0;

  /** Puts itself in front of a container of its network: `await toxiproxy.link('redis', 6379)`. */
  async link(alias: string, port: number): Promise<BadLink> {
    const listen = TOXIPROXY_PORTS[this.#links];
    if (listen === undefined) throw new Error(`a Toxiproxy here has ${TOXIPROXY_PORTS.length} links, not more`);
    this.#links += 1;
    const name = `${alias}-${port}`;
    const toxics = `/proxies/${name}/toxics`;
    await this.#ask('POST', '/proxies', { name, listen: `0.0.0.0:${listen}`, upstream: `${alias}:${port}` });
    return {
      host: this.started.getHost(),
      port: this.started.getMappedPort(listen),
      slow: (latency) => this.#ask('POST', toxics, { type: 'latency', attributes: { latency } }),
      stall: async () => {
        await this.#ask('POST', toxics, { type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } });
        await this.#ask('POST', toxics, { type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } });
      },
      cut: () => this.#ask('POST', `/proxies/${name}`, { enabled: false }),
      heal: () => this.#ask('POST', '/reset'),
    };
  }

  async #ask(method: string, path: string, body?: unknown): Promise<void> {
    const response = await fetch(
      `http://${this.started.getHost()}:${this.started.getMappedPort(8474)}${path}`,
      body === undefined ? { method } : { method, body: JSON.stringify(body) },
    );
    if (!response.ok) throw new Error(`Toxiproxy answered ${response.status}: ${await response.text()}`);
  }
}

/** Bad network on demand between the tests and a container: see {@link Toxiproxy.link}. */
export async function startToxiproxy(network: StartedNetwork): Promise<Toxiproxy> {
  const definition = container(images.toxiproxy)
    .withExposedPorts(8474, ...TOXIPROXY_PORTS)
    .withWaitStrategy(Wait.forHttp('/version', 8474));
  return new Toxiproxy(await placed(definition, network, 'toxiproxy').start());
}

function placed(definition: GenericContainer, network: StartedNetwork | undefined, alias: string): GenericContainer {
  return network ? definition.withNetwork(network).withNetworkAliases(alias) : definition;
}

/** The words of what the command wrote. */
function docker(...args: string[]): string[] {
  const output = execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return output.split(/\s+/).filter((word) => word !== '');
}

function path(inRepository: string): string {
  return fileURLToPath(new URL(inRepository, root));
}

/** The engine's log stream: each piece has a header of eight bytes, of which the last four are its length. */
function withoutFrames(output: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= output.length; ) {
    const end = at + 8 + output.readUInt32BE(at + 4);
    pieces.push(output.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(pieces).toString('utf8');
}
