import { contentTypeOf, rateOfContentType, SAMPLE_RATES_HZ, type SampleRateHz } from '../media/audio-format.ts';
import type { RuleSettings } from '../rules/rule-settings.ts';
import type { WebSocketEndpoint } from './actions.ts';
import { type JsonObject, jsonObject, type Kind, oneOf } from './kinds.ts';
import { noteTokenInHeaders, noteTokenInQuery } from './misplaced-token.ts';
import type { ObjectCheck } from './object-check.ts';

const OLD_URI_LIMIT_CHARACTERS = 50;
/** All of `headers`, written as JSON. */
const HEADERS_LIMIT_BYTES = 512;
/** The keys of the socket's first message that are the platform's own. */
const FIRST_MESSAGE_KEYS = ['event', 'content-type'];
/** What an official SDK lets through. */
const USUAL_AUTHORIZATION_CHARACTERS = 8191;

const socketUri: Kind<string> = {
  allowed: 'a ws:// or wss:// address without a fragment',
  accepts: (value): value is string =>
    typeof value === 'string' && /^wss?:\/\//i.test(value) && !value.includes('#') && URL.canParse(value),
};

const secretObject: Kind<JsonObject> = { ...jsonObject, isSecret: true };

const headerValue: Kind<string> = {
  isSecret: true,
  allowed: 'a text of printable ASCII characters',
  accepts: (value): value is string => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value),
};

export function checkWebSocket(check: ObjectCheck, rules: RuleSettings): WebSocketEndpoint | undefined {
  const uri = check.required('uri', '2.5.11', socketUri);
  if (uri !== undefined && rules.is('2.5.12', '50') && uri.length > OLD_URI_LIMIT_CHARACTERS) {
    const found = `an address of ${uri.length} characters`;
    check.complain('2.5.12', 'uri', found, `one of at most ${OLD_URI_LIMIT_CHARACTERS}`);
  }
  if (uri !== undefined) noteTokenInQuery(check, uri);
  const sampleRateHz = checkContentType(check, rules);
  const headers = check.optional('headers', '2.5.14', secretObject) ?? {};
  checkHeaders(check, headers, rules);
  noteTokenInHeaders(check, headers);
  const authorization = check.inside('authorization', '2.5.15', checkAuthorization, secretObject);
  if (uri === undefined || sampleRateHz === undefined) return undefined;
  return { type: 'websocket', uri, sampleRateHz, headers, authorization };
}

function checkContentType(check: ObjectCheck, rules: RuleSettings): SampleRateHz | undefined {
  const misspelling = check.has('content-type') ? undefined : check.misspelling('content-type');
  if (misspelling !== undefined) {
    check.complain('2.5.16', misspelling, `the key ${misspelling}`, 'spelt content-type, with a hyphen');
    return undefined;
  }
  const rates = SAMPLE_RATES_HZ.filter((rate) => rate !== 24000 || rules.is('2.5.13', 'accepted'));
  const rate = rateOfContentType(check.required('content-type', '2.5.13', oneOf(...rates.map(contentTypeOf))));
  if (rate === 24000) check.note('content-type', 'is missing on some pages of the reference, which know 8 and 16 kHz');
  return rate;
}

function checkHeaders(check: ObjectCheck, headers: JsonObject, rules: RuleSettings): void {
  const bytes = bytesAsJson(headers);
  if (bytes > HEADERS_LIMIT_BYTES && rules.is('2.5.14', 'refused')) {
    check.complain('2.5.14', 'headers', `an object of ${bytes} bytes as JSON`, `one of at most ${HEADERS_LIMIT_BYTES}`);
  }
  if (bytes > HEADERS_LIMIT_BYTES && rules.is('2.5.14', 'noted')) {
    check.note('headers', `takes ${bytes} bytes as JSON; ${HEADERS_LIMIT_BYTES} are promised to get through`);
  }
  for (const name of FIRST_MESSAGE_KEYS) {
    if (Object.hasOwn(headers, name)) {
      check.note('headers', `has ${name}, which is a key of the platform's own in the socket's first message`);
    }
  }
}

/** Infinite where the nesting is too deep to be written. */
function bytesAsJson(value: JsonObject): number {
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function checkAuthorization(check: ObjectCheck): WebSocketEndpoint['authorization'] {
  const type = check.has('type') ? check.required('type', '2.5.15', oneOf('vonage', 'custom')) : 'vonage';
  if (type === 'vonage') {
    if (check.has('value')) check.note('value', 'is passed over with the type vonage, which makes a token of its own');
    return { type };
  }
  if (type === 'custom') return checkCustomAuthorization(check);
  check.passOverRest();
  return undefined;
}

function checkCustomAuthorization(check: ObjectCheck): WebSocketEndpoint['authorization'] {
  const value = check.required('value', '2.5.15', headerValue);
  if (value === undefined) return undefined;
  if (value.length > USUAL_AUTHORIZATION_CHARACTERS) {
    check.note('value', `has more than the ${USUAL_AUTHORIZATION_CHARACTERS} characters that SDKs let through`);
  }
  return { type: 'custom', value };
}
