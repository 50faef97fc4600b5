import type { JsonObject } from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

/** Names without case, hyphens and underscores. */
const TOKEN_NAME = /^x?(?:(?:proxy)?authorization|auth|(?:access|auth|bearer|id)?token|bearer|jwt|secret|apikey)$/;

/** The token of a socket belongs into its endpoint, and is not missed there until the upgrade comes without it. */
export function noteMisplacedAuthorization(check: ObjectCheck): void {
  const key = check.has('authorization') ? 'authorization' : check.misspelling('authorization');
  if (key !== undefined) check.note(key, 'is passed over here: its place is in the websocket endpoint');
}

export function noteTokenInHeaders(check: ObjectCheck, headers: JsonObject): void {
  for (const name of Object.keys(headers).filter(namesToken)) {
    const where = 'reaches the application in the first text message, not as a header of the upgrade';
    check.note('headers', `has ${name}, which ${where}; authorization of the endpoint does that`);
  }
}

/** @param uri an address that can be parsed. */
export function noteTokenInQuery(check: ObjectCheck, uri: string): void {
  const names = new Set(new URL(uri).searchParams.keys());
  for (const name of names) {
    if (!namesToken(name) && name.toLowerCase() !== 'key') continue;
    check.note(
      'uri',
      `has ${name} in its query, which is written into access logs; authorization of the endpoint is not`,
    );
  }
}

const namesToken = (name: string): boolean => TOKEN_NAME.test(name.toLowerCase().replaceAll(/[-_]/g, ''));
