import assert from 'node:assert/strict';
import type { RawPeer } from '@kodama/media-gateway/testing';
import type { AppName, DocumentedApps } from './documented-apps.ts';
import { ApiDocument, type Part, pointer } from './documents.ts';

export const document = new ApiDocument('docs/openapi.yaml', '2020-12');
export const { paths, components, servers } = document.content;
export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export interface Route {
  readonly path: string;
  readonly method: string;
}

/** A route that is documented, and what is documented of it. */
export interface Operation extends Route {
  readonly part: Part;
}

export const operations: readonly Operation[] = Object.keys(paths).flatMap((path) => {
  const item = document.at(pointer('paths', path));
  return METHODS.filter((method) => method in item).map((method) => ({ path, method, part: item[method] }));
});

/** Which service a path is of, and what the path is there: nginx puts /api in front of what the operators see. */
export function serviceOf(path: string): { app: AppName; inside: string } {
  if (path.startsWith('/api/')) return { app: 'media-gateway', inside: path.slice('/api'.length) };
  if (path === '/socket') return { app: 'media-gateway', inside: path };
  return { app: path.startsWith('/webhooks/event') ? 'events' : 'ncco-api', inside: path };
}

/** What came back, however it was asked for. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What every HTTP server says about the connection and the body. */
const TRANSPORT = /^(?:connection|keep-alive|date|content-length|content-type|transfer-encoding)$/;

/** What any refusal may have, as the document's description says. */
const OF_REFUSALS = /^(?:cache-control|traceresponse)$/;

/** Holds an answer to what is documented of its operation: status, headers, type and body. Gives back the error's code. */
function assertDocumented({ path, method }: Route, answer: Answer): string | undefined {
  const what = `${method} ${path}, ${answer.status}: ${answer.text}`;
  const response = document.at(pointer('paths', path, method, 'responses', answer.status));
  assert.ok(response, `${what} is not documented`);
  const documented = new Map(Object.entries(response.headers ?? {}).map(([name, part]) => [name.toLowerCase(), part]));
  for (const [name, part] of documented) {
    const value = answer.headers.get(name);
    const { required, schema } = document.resolve(part);
    assert.ok(value !== null || !required, `${what} has no ${name}`);
    if (value !== null && schema.const !== undefined) assert.equal(value, schema.const, `${what}: ${name}`);
    if (value !== null && schema.pattern) assert.match(value, new RegExp(schema.pattern), `${what}: ${name}`);
  }
  for (const [name] of answer.headers) {
    const general = answer.status >= 400 && OF_REFUSALS.test(name);
    assert.ok(
      documented.has(name) || general || TRANSPORT.test(name),
      `${what} has a header that is not documented: ${name}`,
    );
  }
  if (response.content === undefined) {
    assert.equal(answer.text, '', what);
    return undefined;
  }
  const type = answer.headers.get('content-type')?.split(';', 1)[0] ?? '';
  assert.ok(type in response.content, `${what} is ${type}`);
  const body = type === 'application/json' ? JSON.parse(answer.text) : answer.text;
  const at = ['responses', answer.status, 'content', type, 'schema'];
  document.check(document.through('paths', path, method, ...at))(body, what);
  return body.error?.code;
}

export async function ask(apps: DocumentedApps, { path, method }: Route, asked: Asked = {}) {
  const { app, inside } = serviceOf(path);
  const { query = '', id, app: other, ...init } = asked;
  const url = apps.urls[other ?? app] + inside.replace('{id}', id ?? 'CON-1') + query;
  const response = await fetch(url, { method: method.toUpperCase(), ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

export interface Asked {
  readonly query?: string;
  readonly id?: string;
  readonly app?: AppName;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export const JSON_TYPE = { 'content-type': 'application/json' };
export const post = (body: string): Asked => ({ headers: JSON_TYPE, body });

/** What was answered to somebody: `post /ncco 400 ANSWER_NOT_JSON`. */
export const seen = new Set<string>();

export function note({ path, method }: Route, answer: Answer): string {
  const code = assertDocumented({ path, method }, answer);
  seen.add([method, path, answer.status, code].filter(Boolean).join(' '));
  return [answer.status, code].filter(Boolean).join(' ');
}

/** `get /path 404 CODE` for each code that an operation is documented to answer, and `get /path 200` for each other answer. */
export function codesOf({ path, method, part }: Operation): string[] {
  return Object.entries<Part>(part.responses).flatMap(([status, response]) => {
    const { schema } = document.resolve(response).content?.['application/json'] ?? {};
    const codes: string[] | undefined = enumOf(schema);
    return codes ? codes.map((code) => `${method} ${path} ${status} ${code}`) : [`${method} ${path} ${status}`];
  });
}

function enumOf(schema: Part): string[] | undefined {
  if (schema === undefined) return undefined;
  return schema.properties?.error?.properties?.code?.enum ?? (schema.$ref && enumOf(document.at(schema.$ref)));
}

/** The schemes by which one may come in, where there is a lock at all. */
export function securityOf({ path, method }: Route): string[] {
  const { security } = document.at(pointer('paths', path, method));
  for (const name of security.flatMap(Object.keys)) assert.equal(components.securitySchemes[name].scheme, 'bearer');
  return security.flatMap(Object.keys);
}

export function answerOf({ answer }: RawPeer): Answer {
  const lines = answer.head.split('\r\n').slice(1);
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
  return { status: answer.status, headers, text: answer.body };
}
