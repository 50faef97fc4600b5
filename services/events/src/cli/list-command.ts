import { type Command, noStream } from './command.ts';
import { openEvents } from './connections.ts';
import { eventFilter, FILTER_OPTIONS, filterSubjects } from './event-filter.ts';
import { eventRow, rowText } from './event-row.ts';
import { LIST_HELP } from './help.ts';
import { lastOf, messageRange } from './message-range.ts';
import { splitArguments, wholeNumber } from './option-values.ts';

export const listCommand: Command = async (args, context) => {
  const { values } = splitArguments({
    args: [...args],
    options: {
      ...FILTER_OPTIONS,
      limit: { type: 'string', default: '50' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { output, note, signal, now } = context;
  if (values.help) {
    await output.write(LIST_HELP);
    return 0;
  }
  const filter = eventFilter(values, now);
  const limit = wholeNumber('--limit', values.limit);

  await using events = await openEvents(context.config());
  const all = await messageRange(events, filter, filterSubjects('calls', filter));
  if (!all) throw noStream(events.stream);
  const range = await lastOf(events, all, limit);
  for await (const message of events.read({ ...range, headersOnly: true, signal })) {
    const row = eventRow(message);
    await output.line(values.json ? JSON.stringify(row) : rowText(row));
  }
  if (all.total === 0) note('no such events');
  else if (range.total < all.total) note(`the last ${range.total} of ${all.total} events; --limit shows more`);
  return 0;
};
