import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { LegView } from '@kodama/media-gateway/leg-metrics-store';
import type { LifecycleState } from '@kodama/shared/lifecycle';
import { isLegStatus, type TimelineView } from '@kodama/shared/timeline';
import { CALL_EVENT_KINDS, HANDLER_NAME, parseLegUuid, SAMPLE_RATES_HZ } from '@kodama/shared/voice';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { type AppName, startDocumentedApps } from './documented-apps.ts';
import { codesOf, components, document, operations, paths, servers, serviceOf } from './documented-operations.ts';
import { type Part, pointer } from './documents.ts';
import { compose, root } from './images.ts';
import { servedPaths } from './nginx-paths.ts';
import { routesOf } from './router-routes.ts';

describe('docs/openapi.yaml', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document.content));
    assert.ok(valid, JSON.stringify(errors, null, 2));
    assert.equal(validator.version, '3.1');
  });

  it('has schemas that can be used, and no reference that leads nowhere', () => {
    for (const name of Object.keys(components.schemas)) document.check(pointer('components', 'schemas', name));
    const references: string[] = [];
    JSON.stringify(document.content, (key, value) => {
      if (key === '$ref') references.push(value);
      return value;
    });
    for (const reference of references) assert.ok(document.at(reference), reference);
    const used = new Set(references.map((reference) => reference.split('/').slice(0, 4).join('/')));
    for (const [group, parts] of Object.entries<object>(components)) {
      if (group === 'securitySchemes') continue;
      for (const name of Object.keys(parts)) assert.ok(used.has(pointer('components', group, name)), `${name} is used`);
    }
  });

  it('has every error code of docs/errors.md with its status, and no other', () => {
    const documented = new Set(operations.flatMap(codesOf).map((code) => code.split(' ').slice(2).join(' ')));
    const table = readFileSync(new URL('docs/errors.md', root), 'utf8').matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm);
    const listed = [...table].map(([, code, status]) => `${status} ${code}`);
    assert.ok(listed.length > 20);
    assert.deepEqual([...documented].filter((code) => / /.test(code)).sort(), listed.sort());
  });

  it('has the routes of the services, and no other', async () => {
    await using apps = await startDocumentedApps();
    const { 'ncco-api': ncco, events, 'media-gateway': gateway } = apps.routers;
    const health = ['get /healthz', 'get /readyz'];
    // A route for all methods stands beside the others, and answers 405. /socket has nothing but that: an upgrade is no route.
    const served = (router: unknown) => routesOf(router).filter((route) => !route.startsWith('all '));
    const asServed = (app: AppName) =>
      operations
        .filter(({ path }) => path !== '/socket' && !health.includes(`get ${path}`) && serviceOf(path).app === app)
        .map(({ path, method }) => `${method} ${serviceOf(path).inside.replace('{id}', ':id')}`)
        .concat(health)
        .sort();
    assert.deepEqual(served(ncco).sort(), asServed('ncco-api'));
    assert.deepEqual(served(events).sort(), asServed('events'));
    assert.deepEqual(served(gateway).sort(), asServed('media-gateway'));
    const forAll = [ncco, events, gateway].flatMap(routesOf).filter((route) => route.startsWith('all '));
    const documented = operations.map(({ path }) => `all ${serviceOf(path).inside.replace('{id}', ':id')}`);
    assert.deepEqual(
      [...new Set(forAll)].sort(),
      [...new Set(documented)].filter((route) => !health.includes(route.replace('all', 'get'))).sort(),
    );
  });

  it('has the paths of nginx, each at its door', () => {
    const doors = { public: servedPaths('public.conf'), operators: servedPaths('operators.conf') };
    const published = (compose.services.nginx as { ports?: readonly string[] } | undefined)?.ports ?? [];
    for (const door of Object.values(doors)) {
      assert.ok(
        published.some((port) => port.includes(`:-${door.port}}:${door.port}`)),
        `${door.port} is published`,
      );
      const documented = Object.keys(paths).filter((path) =>
        (paths[path].servers ?? servers).some(({ url }: { url: string }) => url === `http://127.0.0.1:${door.port}`),
      );
      assert.deepEqual(documented.map((path) => path.replace('{id}', '')).sort(), [...door.paths].sort());
    }
  });

  it('describes every part of a call', () => {
    for (const name of ['Leg', 'TimelineEvent', 'Timeline', 'CallPage']) {
      const { properties, required } = components.schemas[name];
      assert.deepEqual(required, Object.keys(properties), `${name}: everything is always there`);
      for (const [key, part] of Object.entries<Part>(properties)) {
        assert.ok(part.description ?? part.$ref ?? part.enum ?? part.items, `${name}.${key}`);
      }
    }
  });

  it('has the words that the code has', () => {
    const { Timeline, TimelineLeg, LegStatus, EventKind, State, Leg, Readiness, Ncco } = components.schemas;
    assert.deepEqual(EventKind.enum, [...CALL_EVENT_KINDS]);
    assert.deepEqual(LegStatus.enum, CALL_EVENT_KINDS.filter(isLegStatus));
    const handler = Ncco.prefixItems[1].properties.endpoint.items.properties.headers.properties.handler;
    assert.equal(handler.pattern, HANDLER_NAME.source);
    assert.deepEqual(Leg.properties.sampleRateHz.enum, [...SAMPLE_RATES_HZ, null]);
    // Types, of which the compiler says whether each word is there.
    const callStates: Record<TimelineView['state'], true> = {
      started: true,
      ringing: true,
      answered: true,
      ended: true,
    };
    assert.deepEqual(Timeline.properties.state.enum, Object.keys(callStates));
    const legStates: Record<LegView['state'], true> = { live: true, ended: true, lost: true };
    assert.deepEqual(State.enum, Object.keys(legStates));
    const closers: Record<NonNullable<LegView['closedBy']>, true> = { peer: true, gateway: true, network: true };
    assert.deepEqual(Leg.properties.closedBy.enum, [...Object.keys(closers), null]);
    const states: Record<LifecycleState, true> = {
      STARTING: true,
      READY: true,
      DRAINING: true,
      STOPPED: true,
      FAILED: true,
    };
    assert.deepEqual(Readiness.properties.state.enum, Object.keys(states));
    assert.deepEqual(TimelineLeg.properties.disconnectedBy.enum, ['platform', 'user', null]);
  });

  it('says which ids an answer webhook may have', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ minLength: 1 }), fc.string({ minLength: 120, maxLength: 140 })), (id) => {
        const fits = document.fits('#/components/schemas/AnswerWebhook', { uuid: id });
        assert.equal(fits, parseLegUuid(id) !== undefined, id);
      }),
    );
  });
});

describe('what nginx answers by itself', () => {
  const text = readFileSync(new URL('nginx/snippets/server.conf', root), 'utf8');
  const own = [...text.matchAll(/return (\d+) '(\{.*\})';/g)].map(([, status, body]) => `${status} ${body}`);

  it('is an error as it is documented, or health', () => {
    assert.ok(own.length > 5);
    for (const answer of own) {
      const [, status, body = ''] = /^(\d+) (.*)$/.exec(answer) ?? [];
      const value = JSON.parse(body);
      if (status === '200') {
        document.check(
          document.through('paths', '/healthz', 'get', 'responses', '200', 'content', 'application/json', 'schema'),
        )(value);
        continue;
      }
      document.check('#/components/schemas/Error')(value);
      const ending = ` ${status} ${value.error.code}`;
      const having = operations.flatMap(codesOf).filter((code) => code.endsWith(ending));
      assert.ok(having.length > 0, ending);
    }
  });
});
