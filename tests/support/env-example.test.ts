import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { configSchema as events } from '@kodama/events/config';
import { configSchema as gatewayConfig } from '@kodama/media-gateway/config';
import { loadHandlers } from '@kodama/media-gateway/load-handlers';
import { configSchema as nccoApi } from '@kodama/ncco-api/config';
import { compose, root } from './images.ts';

const { fields: handlerFields } = await loadHandlers({});
const mediaGateway = gatewayConfig(handlerFields);
/** The one thing that has no default: a deployment makes a secret, or says that it needs none. */
const DECIDED = { SOCKET_AUTH: 'token', SOCKET_TOKEN_SECRETS: 'x'.repeat(32) };
const schemas = { 'ncco-api': nccoApi, events, 'media-gateway': mediaGateway };

/** What only the deployment knows; the rest is in the services' schemas. */
const DEPLOYMENT = [
  'KODAMA_PORT',
  'KODAMA_OPERATOR_PORT',
  'JAEGER_PORT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_METRICS_EXPORTER',
];

/** What Compose leaves to the image: nginx and the health checks know the port, and each gateway needs a name of its own. */
const NOT_IN_COMPOSE = ['HOST', 'PORT', 'GATEWAY_ID'];

const example = readFileSync(new URL('.env.example', root), 'utf8');

/** Name -> value, and the comment above it. */
const entries = new Map(
  [...example.matchAll(/^# (.+)\n([A-Z_]+)=(.*)$/gm)].map(([, comment, name, value]) => [name, { comment, value }]),
);

describe('.env.example', () => {
  it('has every variable of every service and of the deployment, each once and with a comment, and no other', () => {
    const known = new Set([...DEPLOYMENT, ...Object.values(schemas).flatMap(({ shape }) => Object.keys(shape))]);
    const written = [...example.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    assert.deepEqual(written.toSorted(), [...known].sort());
    assert.deepEqual([...entries.keys()].sort(), [...known].sort());
  });

  for (const [service, schema] of Object.entries(schemas)) {
    it(`changes nothing of ${service} when it is copied as it is`, () => {
      for (const name of Object.keys(schema.shape)) {
        const value = entries.get(name)?.value;
        // Compose has its own address of NATS and of Redis, and that is what stands in the file.
        const inCompose = /^\$\{\w+:-(.*)\}$/.exec(compose.services[service]?.environment?.[name] ?? '')?.[1];
        if (inCompose !== undefined) assert.equal(value, inCompose, name);
        else if (value !== '')
          assert.deepEqual(schema.parse({ ...DECIDED, [name]: value }), schema.parse(DECIDED), name);
      }
    });

    it(`is what docker-compose.yml passes on to ${service}`, () => {
      const passedOn = Object.keys(compose.services[service]?.environment ?? {});
      const wanted = Object.keys(schema.shape).filter((name) => !NOT_IN_COMPOSE.includes(name));
      assert.deepEqual(
        wanted.filter((name) => !passedOn.includes(name)),
        [],
      );
      assert.deepEqual(
        passedOn.filter((name) => !/^(OTEL_|NODE_OPTIONS$)/.test(name) && !wanted.includes(name.replace(/_FILE$/, ''))),
        [],
      );
    });
  }
});
