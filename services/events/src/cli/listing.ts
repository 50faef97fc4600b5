import type { CommandContext } from './command.ts';
import { openEvents } from './connections.ts';
import { eventFilter, FILTER_OPTIONS, type FilterValues, filterSubjects } from './event-filter.ts';
import { lastOf, type MessageRange, messageRange } from './message-range.ts';
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
 * @returns which were meant and which were told; undefined where there is no stream
 * @throws UsageError
 */
export async function writeListing<Row>(
  { values, prefix, rowOf, textOf, messagesOf }: Listing<Row>,
  { config, output, signal, now }: CommandContext,
): Promise<{ readonly all: MessageRange; readonly told: MessageRange } | undefined> {
  const filter = eventFilter(values, now);
  const limit = wholeNumber('--limit', values.limit);
  await using events = await openEvents(config());
  const messages = messagesOf(events);
  const all = await messageRange(messages, filter, filterSubjects(prefix, filter));
  if (!all) return undefined;
  const told = await lastOf(messages, all, limit);
  for await (const message of messages.read({ ...told, headersOnly: true, signal })) {
    const row = rowOf(message);
    await output.line(values.json ? JSON.stringify(row) : textOf(row));
  }
  return { all, told };
}
