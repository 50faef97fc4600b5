import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { front } from './front.ts';

/** Says which listener took a URL, and the URL that it saw. */
function ask(url: string): string {
  let taken = '';
  const listener =
    (name: string): RequestListener =>
    (request) => {
      taken = `${name} ${request.url}`;
    };
  const listen = front(
    [
      { paths: ['/ncco', '/webhooks/answer'], listener: listener('ncco') },
      { paths: ['/api/calls'], rewriteTo: '/calls', listener: listener('calls') },
    ],
    listener('otherwise'),
  );
  listen({ url } as IncomingMessage, {} as ServerResponse);
  return taken;
}

test('hands a path and what is below it to its service, with its query', () => {
  assert.equal(ask('/ncco'), 'ncco /ncco');
  assert.equal(ask('/webhooks/answer?uuid=1'), 'ncco /webhooks/answer?uuid=1');
});

test('puts the service’s own path in the place of the public one', () => {
  assert.equal(ask('/api/calls'), 'calls /calls');
  assert.equal(ask('/api/calls/CON-1'), 'calls /calls/CON-1');
  assert.equal(ask('/api/calls?limit=1'), 'calls /calls?limit=1');
});

test('leaves paths that only begin alike to the rest', () => {
  assert.equal(ask('/nccox'), 'otherwise /nccox');
  assert.equal(ask('/api/callsign'), 'otherwise /api/callsign');
  assert.equal(ask('/'), 'otherwise /');
});
