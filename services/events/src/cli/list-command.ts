import type { Command } from './command.ts';
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
  const called = { what: 'events', none: 'no such events' };
  const listing = { values, ...called, prefix: 'calls', rowOf: eventRow, textOf: rowText, messagesOf };
  await writeListing(listing, context);
  return 0;
};
