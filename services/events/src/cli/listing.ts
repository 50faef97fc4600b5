import { type CommandContext, noStream } from './command.ts';
import { openEvents } from './connections.ts';
import { eventFilter, FILTER_OPTIONS, type FilterValues, filterSubjects } from './event-filter.ts';
import { lastOf, messageRange } from './message-range.ts';
import { OUTPUT_OPTIONS, wholeNumber } from './option-values.ts';
import type { StoredMessage, StoredMessages } from './stored-messages.ts';

/** For parseArgs. */
export const LISTING_OPTIONS = {
  ...FILTER_OPTIONS,
  ...OUTPUT_OPTIONS,
  limit: { type: 'string', default: '50' },
} as const;

export interface Listing<Row> {
  readonly values: FilterValues & { readonly limit: string; readonly json: boolean };
  /** What they are called: `events`. */
  readonly what: string;
  /** What is said where none of them is meant. */
  readonly none: string;
  /** What the subjects of the messages begin with. */
  readonly prefix: string;
  readonly rowOf: (message: StoredMessage) => Row;
  readonly textOf: (row: Row) => string;
  /** Which messages, beside the events or they themselves. */
  readonly messagesOf: (events: StoredMessages) => StoredMessages;
}

/**
 * Tells the last messages that are meant, a line each.
 *
 * @throws UsageError
 * @throws CommandError where there is no stream of events
 */
export async function writeListing<Row>(
  { values, what, none, prefix, rowOf, textOf, messagesOf }: Listing<Row>,
  { config, output, note, signal, now }: CommandContext,
): Promise<void> {
  const filter = eventFilter(values, now);
  const limit = wholeNumber('--limit', values.limit);
  await using events = await openEvents(config());
  const messages = messagesOf(events);
  const all = await messageRange(messages, filter, filterSubjects(prefix, filter));
  if (!all) {
    // The consumer makes the stream of dead letters: there may be events, and none yet.
    if (!(await events.state())) throw noStream(events.stream);
    note(none);
    return;
  }
  const told = await lastOf(messages, all, limit);
  for await (const message of messages.read({ ...told, headersOnly: true, signal })) {
    const row = rowOf(message);
    await output.line(values.json ? JSON.stringify(row) : textOf(row));
  }
  if (all.total === 0) note(none);
  else if (told.total < all.total) note(`the last ${told.total} of ${all.total} ${what}; --limit shows more`);
}
