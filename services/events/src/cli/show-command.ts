import { type Command, type CommandContext, noStream } from './command.ts';
import { CommandError } from './command-error.ts';
import { openEvents, openRedis } from './connections.ts';
import { callFilter, filterSubjects } from './event-filter.ts';
import { type EventRow, eventRow, rowText } from './event-row.ts';
import { SHOW_HELP } from './help.ts';
import { messageRange } from './message-range.ts';
import { OUTPUT_OPTIONS, splitArguments } from './option-values.ts';
import { printable } from './output.ts';
import { timelinesOf, timelineText } from './show-timeline.ts';
import type { StoredMessage, StoredMessages } from './stored-messages.ts';
import { UsageError } from './usage-error.ts';

/** A leg's id of digits alone has more of them than any sequence. */
const SEQUENCE = /^\d{1,15}$/;

export const showCommand: Command = async (args, context) => {
  const { values, positionals } = splitArguments({
    args: [...args],
    allowPositionals: true,
    options: OUTPUT_OPTIONS,
  });
  if (values.help) {
    await context.output.write(SHOW_HELP);
    return 0;
  }
  const [what, surplus] = positionals;
  if (!what) throw new UsageError('show: needs the sequence of an event, or a conversation (CON-…) or a leg');
  if (surplus !== undefined) throw new UsageError(`show: one at a time, ${surplus} is one too many`);
  await using events = await openEvents(context.config());
  if (SEQUENCE.test(what)) await showEvent(events, Number(what), values.json, context);
  else await showCall(events, what, values.json, context);
  return 0;
};

async function showEvent(events: StoredMessages, wanted: number, json: boolean, { output }: CommandContext) {
  const state = await events.state();
  if (!state) throw noStream(events.stream);
  const message = wanted > 0 ? await events.get(wanted) : undefined;
  if (!message) {
    const there = state.messages === 0 ? 'it is empty' : `it has ${state.first_seq} to ${state.last_seq}`;
    throw new CommandError(`there is no event ${wanted} in ${events.stream}: ${there}`);
  }
  const body = Buffer.from(message.body).toString('utf8');
  if (json) {
    const { sequence, subject } = message;
    const storedAt = message.time.toISOString();
    await output.line(
      JSON.stringify({ sequence, subject, storedAt, headers: Object.fromEntries(headerLines(message)), body }),
    );
    return;
  }
  const head = headLines(message).map(([name, value]) => printable(`${name}: ${value}`));
  await output.write(`${head.join('\n')}\n\n${printable(body)}\n`);
}

function headLines(message: StoredMessage): [string, string][] {
  return [
    ['sequence', String(message.sequence)],
    ['subject', message.subject],
    ['stored-at', message.time.toISOString()],
    ...headerLines(message),
  ];
}

function headerLines({ headers }: StoredMessage): [string, string][] {
  return [...(headers ?? [])].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
}

async function showCall(events: StoredMessages, id: string, json: boolean, context: CommandContext) {
  const { output, note, signal } = context;
  const filter = callFilter(id);
  const range = await messageRange(events, filter, filterSubjects('calls', filter));
  if (!range) throw noStream(events.stream);
  if (range.total === 0) throw new CommandError(`there are no events of ${id} in ${events.stream}`);
  /** One row for each call that the id has to do with. */
  const calls = new Map<string | null, EventRow>();
  for await (const message of events.read({ ...range, headersOnly: true, signal })) {
    const row = eventRow(message);
    calls.set(row.conversation, row);
    await output.line(json ? JSON.stringify(row) : rowText(row));
  }
  try {
    using redis = await openRedis(context.config());
    const timelines = await timelinesOf(calls.values(), redis);
    for (const shown of timelines) await output.write(json ? `${JSON.stringify(shown)}\n` : `\n${timelineText(shown)}`);
    if (timelines.length === 0) note('Redis has no timeline of it');
  } catch (error) {
    // The events are shown, which is what most look for.
    if (!(error instanceof CommandError)) throw error;
    note(`no timeline: ${error.message}`);
  }
}
