import { createHash } from 'node:crypto';
import type { RuleSettings } from '../rules/rule-settings.ts';

/** What a webhook carries: the exact bytes of a POST, or the parameters that a GET has in its URL. */
export type SignedRequest = { readonly body: Buffer } | { readonly query: URLSearchParams };

/** The claim `payload_hash` of a webhook: lower-case hex SHA-256; undefined where the rules give a GET none. */
export function payloadHashOf(request: SignedRequest, rules: RuleSettings): string | undefined {
  if ('body' in request) return sha256(request.body);
  switch (rules.value('5.3.2')) {
    case 'json':
      return sha256(queryAsJson(request.query));
    case 'query':
      return sha256(request.query.toString());
    case 'none':
      return undefined;
  }
}

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * One JSON object without white space, each value a string. It is put together by hand, as an object would bring names that
 * are numbers to the front. Of a name that comes twice the later value counts, in the place of the first.
 */
function queryAsJson(query: URLSearchParams): string {
  const members = [...new Map(query)].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${members.join(',')}}`;
}
