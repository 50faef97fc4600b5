import { DEAD_LETTER_SUBJECTS } from '../consuming/dead-letters.ts';
import type { Command, CommandContext } from './command.ts';
import { CommandError } from './command-error.ts';
import { openEvents } from './connections.ts';
import { deadLettersOf, letterRow, letterText } from './dead-letter-row.ts';
import { DEAD_LETTERS_HELP } from './help.ts';
import { LISTING_OPTIONS, writeListing } from './listing.ts';
import { splitArguments, wholeNumber } from './option-values.ts';
import { UsageError } from './usage-error.ts';

export const deadLettersCommand: Command = async (args, context) => {
  if (args[0] === 'drop') return drop(args.slice(1), context);
  const { values } = splitArguments({ args: [...args], options: LISTING_OPTIONS });
  if (values.help) {
    await context.output.write(DEAD_LETTERS_HELP);
    return 0;
  }
  const called = { what: 'dead letters', none: 'no dead letters' };
  const reading = { prefix: 'dead-letters.*', rowOf: letterRow, textOf: letterText, messagesOf: deadLettersOf };
  await writeListing({ values, ...called, ...reading }, context);
  return 0;
};

async function drop(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = splitArguments({
    args: [...args],
    allowPositionals: true,
    options: { all: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  const { output, note, signal } = context;
  if (values.help) {
    await output.write(DEAD_LETTERS_HELP);
    return 0;
  }
  const sequences = positionals.map((text) => wholeNumber('dead-letters drop', text));
  if (values.all === sequences.length > 0) {
    throw new UsageError('dead-letters drop: needs the sequences of dead letters, or --all');
  }

  await using events = await openEvents(context.config());
  const letters = deadLettersOf(events);
  const state = await letters.state();
  if (!state || state.messages === 0) {
    if (values.all) note('no dead letters');
    else throw new CommandError(`there is no dead letter ${sequences[0]}: there are none`);
    return 0;
  }
  if (values.all) {
    const all = { from: state.first_seq, before: state.last_seq + 1, subjects: [DEAD_LETTER_SUBJECTS] };
    for await (const message of letters.read({ ...all, headersOnly: true, signal })) {
      await letters.delete(message.sequence);
      await output.line(`dropped ${letterText(letterRow(message))}`);
    }
    return 0;
  }
  let missing = 0;
  for (const sequence of new Set(sequences)) {
    const message = await letters.get(sequence);
    if (message) {
      await letters.delete(sequence);
      await output.line(`dropped ${letterText(letterRow(message))}`);
    } else {
      note(`there is no dead letter ${sequence}`);
      missing += 1;
    }
  }
  return missing === 0 ? 0 : 1;
}
