import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The repository's root, with a slash at its end. */
export const root = new URL('../../', import.meta.url);

interface ComposeService {
  readonly image?: string;
  readonly command?: string[];
  readonly environment?: Readonly<Record<string, string | null>>;
}

/** docker-compose.yml as far as tests look at it, with its anchors resolved. */
export const compose: { readonly services: Readonly<Record<string, ComposeService>> } = parse(
  readFileSync(new URL('docker-compose.yml', root), 'utf8'),
  { merge: true },
);
const dockerfile = readFileSync(new URL('Dockerfile', root), 'utf8');

/** The images that tests start: those of docker-compose.yml and of the Dockerfile, so that a version stands in one place. */
export const images = {
  nginx: composeImage('nginx'),
  nats: composeImage('nats'),
  redis: composeImage('redis'),
  jaeger: composeImage('jaeger'),
  node: found(/^FROM (node:\S+)/m.exec(dockerfile)?.[1], 'a FROM node:… in the Dockerfile'),
  /** Of use to tests alone, so its version stands here. */
  toxiproxy: 'ghcr.io/shopify/toxiproxy:2.12.0',
};

/** The command line of a service in docker-compose.yml, for tests that run it with the same options. */
export function composeCommand(service: string): string[] {
  return found(compose.services[service]?.command, `a command of ${service} in docker-compose.yml`);
}

function composeImage(service: string): string {
  return found(compose.services[service]?.image, `an image of ${service} in docker-compose.yml`);
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
