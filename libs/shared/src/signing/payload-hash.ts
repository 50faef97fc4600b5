import { hash, timingSafeEqual } from 'node:crypto';

/** What a signed webhook carries: the exact bytes of a POST's body, or the query of a GET's URL, without its `?`. */
export type SignedPayload = { readonly body: Uint8Array } | { readonly query: string };

/**
 * Says whether a token's `payload_hash` is the one of this payload, in constant time.
 *
 * Of a POST it is the SHA-256 of the body's bytes, in lower-case hex. Of a GET it is that of a compact JSON object, made of
 * the parameters in the order of the URL, each a text; some senders take the query as it stands.
 * (Vonage, "Signed webhooks"; the form for GET is not documented.)
 */
export function isHashOf(hash: string, payload: SignedPayload): boolean {
  if ('body' in payload) return equal(hash, sha256(payload.body));
  // Raw, a query has none of these; the body of a POST begins with one, and its hash must not do for a query of its text.
  const ofQuery = !/[{}"\s]/.test(payload.query) && equal(hash, sha256(payload.query));
  const json = queryAsJson(payload.query);
  return (json !== undefined && equal(hash, sha256(json))) || ofQuery;
}

/** What tells one payload from another, for whoever has seen a token before. */
export function fingerprintOf(payload: SignedPayload): string {
  return 'body' in payload ? `body ${sha256(payload.body)}` : `query ${sha256(payload.query)}`;
}

/**
 * Put together by hand: an object would bring names that are numbers to the front. `undefined` where a name comes twice: the
 * object has one value for it, so that the hash would say nothing of the other.
 */
function queryAsJson(query: string): string | undefined {
  // It leaves one `?` out: what comes behind it may begin with one as well.
  const parameters = [...new URLSearchParams(`?${query}`)];
  if (new Set(parameters.map(([name]) => name)).size < parameters.length) return undefined;
  return `{${parameters.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)}}`;
}

/** Of two hashes, whose length is no secret. */
function equal(given: string, known: string): boolean {
  const bytes = Buffer.from(given);
  return bytes.length === known.length && timingSafeEqual(bytes, Buffer.from(known));
}

function sha256(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}
