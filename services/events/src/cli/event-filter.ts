import { subjectToken } from '@kodama/shared/messaging';
import type { CallEventKind } from '@kodama/shared/voice';
import { kinds, time } from './option-values.ts';
import { UsageError } from './usage-error.ts';

/** For parseArgs. */
export const FILTER_OPTIONS = {
  call: { type: 'string' },
  kind: { type: 'string', multiple: true },
  since: { type: 'string' },
  until: { type: 'string' },
} as const;

export interface FilterValues {
  readonly call?: string | undefined;
  readonly kind?: readonly string[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Which of the stored events are meant. */
export interface EventFilter {
  /** Conversation and leg of their subject, as tokens; several spellings of one call. */
  readonly calls: readonly string[];
  readonly kinds: readonly CallEventKind[];
  readonly since: Date | undefined;
  /** Not itself. */
  readonly until: Date | undefined;
}

/** What can be a token of a subject as it is. */
const TOKEN = /^[A-Za-z0-9_%~-]{1,128}$/;

/** @throws UsageError */
export function eventFilter({ call, kind = [], since, until }: FilterValues, now: Date): EventFilter {
  const filter = {
    calls: call === undefined ? [] : callTokens(call),
    kinds: kinds(kind),
    since: since === undefined ? undefined : time('--since', since, now),
    until: until === undefined ? undefined : time('--until', until, now),
  };
  if (filter.since && filter.until && filter.since >= filter.until) {
    throw new UsageError(`--since ${since}: is not before --until ${until}`);
  }
  return filter;
}

export function isEmpty({ calls, kinds, since, until }: EventFilter): boolean {
  return calls.length === 0 && kinds.length === 0 && !since && !until;
}

/** For `show`: the whole of one call. */
export function callFilter(id: string): EventFilter {
  return { calls: callTokens(id), kinds: [], since: undefined, until: undefined };
}

/**
 * A conversation's events are `<conversation>.*`, those of a leg `*.<leg>`: a leg may go on to another conversation. Ids
 * that are spelled otherwise in a subject are taken in both spellings, so that what a list shows can be asked for.
 */
function callTokens(id: string): string[] {
  if (id === '') throw new UsageError('--call: is empty; it takes a conversation (CON-…) or a leg');
  const tokens = [...new Set([subjectToken(id), ...(TOKEN.test(id) ? [id] : [])])];
  return tokens.map((token) => (id.startsWith('CON-') ? `${token}.*` : `*.${token}`));
}

/** What JetStream is to look for. None overlaps another, which it would refuse. */
export function filterSubjects(prefix: string, { calls, kinds }: EventFilter): string[] {
  const ofCalls = calls.length > 0 ? calls : ['*.*'];
  const ofKinds = kinds.length > 0 ? kinds : ['*'];
  return ofCalls.flatMap((call) => ofKinds.map((kind) => `${prefix}.${call}.${kind}`));
}
