import { type Command, noStream } from './command.ts';
import { eventRow, rowText } from './event-row.ts';
import { LIST_HELP } from './help.ts';
import { LISTING_OPTIONS, writeListing } from './listing.ts';
import { splitArguments } from './option-values.ts';
import type { StoredMessages } from './stored-messages.ts';

export const listCommand: Command = async (args, context) => {
  const { values } = splitArguments({ args: [...args], options: LISTING_OPTIONS });
  if (values.help) {
    await context.output.write(LIST_HELP);
    return 0;
  }
  const messagesOf = (events: StoredMessages) => events;
  const listing = { values, prefix: 'calls', rowOf: eventRow, textOf: rowText, messagesOf };
  const listed = await writeListing(listing, context);
  if (!listed) throw noStream(context.config().EVENTS_STREAM);
  const { all, told } = listed;
  if (all.total === 0) context.note('no such events');
  else if (told.total < all.total) context.note(`the last ${told.total} of ${all.total} events; --limit shows more`);
  return 0;
};
