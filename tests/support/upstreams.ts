import { fileURLToPath } from 'node:url';
import { type StartedNetwork, Wait } from 'testcontainers';
import { Container, container } from './containers.ts';
import { images } from './images.ts';

/** What a stand-in tells of the request that reached it. */
export interface Seen {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bodyBytes: number;
}

/** A container that stands in for one of our services behind nginx, under the service's name. */
export async function startUpstream(
  network: StartedNetwork,
  alias: string,
  { name = alias, status = 200 }: { name?: string; status?: number } = {},
): Promise<Container> {
  const script = '/stand-in-upstream.ts';
  const started = await container(images.node)
    .withCommand(['node', script])
    .withCopyFilesToContainer([
      { source: fileURLToPath(new URL('./stand-in-upstream.ts', import.meta.url)), target: script },
    ])
    .withEnvironment({ NAME: name, STATUS: String(status) })
    .withNetwork(network)
    .withNetworkAliases(alias)
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp('/', 8080).forStatusCodeMatching((code) => code === status))
    .start();
  return new Container(started);
}
