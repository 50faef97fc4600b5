import { z } from 'zod';
import type { PlayedAudio, SpokenText } from './call-control.ts';
import {
  actions,
  boolean,
  count,
  jsonObject,
  level,
  matching,
  moment,
  oneOf,
  oneWebUrl,
  style,
  text,
  wholeNumber,
} from './checked-values.ts';
import { invalidParameters, RestError } from './rest-error.ts';

const STATUSES = [
  'started',
  'ringing',
  'answered',
  'machine',
  'completed',
  'busy',
  'cancelled',
  'failed',
  'rejected',
  'timeout',
  'unanswered',
] as const;

const CHANGES = ['hangup', 'mute', 'unmute', 'earmuff', 'unearmuff', 'transfer'] as const;

const listFilters = z.object({
  status: oneOf(STATUSES).optional(),
  date_start: moment.optional(),
  date_end: moment.optional(),
  page_size: wholeNumber(1, 100, 'a whole number from 1 to 100').default(10),
  record_index: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number from 0').default(0),
  order: oneOf(['asc', 'desc']).default('asc'),
  conversation_uuid: text.optional(),
});

const changeBody = jsonObject({ action: oneOf(CHANGES) });

const transferBody = jsonObject({
  destination: jsonObject({
    type: oneOf(['ncco']),
    url: oneWebUrl.optional(),
    ncco: actions.optional(),
  }).refine(({ url, ncco }) => (url === undefined) !== (ncco === undefined), {
    error: 'must have either url or ncco, and not both',
  }),
});

const streamBody = jsonObject({ stream_url: oneWebUrl, loop: count.default(1), level: level.default(0) });

const talkBody = jsonObject({
  text,
  language: text.default('en-US'),
  style: style.default(0),
  premium: boolean.default(false),
  loop: count.default(1),
  level: level.default(0),
});

const dtmfBody = jsonObject({ digits: matching(/^[0-9*#p]+$/, 'a text of 0-9, *, # and p') });

const subscriptionBody = jsonObject({ event_url: oneWebUrl });

/** Filters of the list of calls, with their defaults. */
export type ListFilters = z.output<typeof listFilters>;

/** A change that a leg is asked for. */
export type LegChange =
  | { readonly action: Exclude<(typeof CHANGES)[number], 'transfer'> }
  | { readonly action: 'transfer'; readonly destination: { readonly ncco: unknown } | { readonly url: string } };

// Each of the following throws a RestError of status 400 that lists all that is wrong.

export const readFilters = (query: URLSearchParams): ListFilters => check(listFilters, Object.fromEntries(query));

export function readChange(json: string): LegChange {
  const value = parseJson(json);
  const { action } = check(changeBody, value);
  if (action !== 'transfer') return { action };
  const { url, ncco } = check(transferBody, value).destination;
  return { action, destination: url === undefined ? { ncco } : { url: url[0] } };
}

export function readAudio(json: string): PlayedAudio {
  const { stream_url, ...rest } = check(streamBody, parseJson(json));
  return { streamUrl: stream_url[0], ...rest };
}

export const readTalk = (json: string): SpokenText => check(talkBody, parseJson(json));

export const readDigits = (json: string): string => check(dtmfBody, parseJson(json)).digits;

export const readEventUrl = (json: string): string => check(subscriptionBody, parseJson(json)).event_url[0];

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidParameters(result.error.issues.map(({ path, message }) => ({ name: pathText(path), reason: message })));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const detail = `the body is not JSON: ${(error as Error).message}`;
    throw new RestError(400, 'invalid-json', 'The body cannot be read', { detail });
  }
}

/** The whole body has no path; it is named for what it is. */
const pathText = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'body' : path.map(String).join('.'));
