import { setTimeout as sleep } from 'node:timers/promises';
import { NatsError } from 'nats';
import { type Command, type CommandContext, noStream } from './command.ts';
import { CommandError } from './command-error.ts';
import { openEvents } from './connections.ts';
import { type EventFilter, eventFilter, FILTER_OPTIONS, filterSubjects } from './event-filter.ts';
import { eventRow, rowText } from './event-row.ts';
import { TAIL_HELP } from './help.ts';
import { OUTPUT_OPTIONS, splitArguments } from './option-values.ts';
import type { StoredMessages } from './stored-messages.ts';

const RECONNECT_WAIT_MS = 500;

export const tailCommand: Command = async (args, context) => {
  const { call, kind, since } = FILTER_OPTIONS;
  const { values } = splitArguments({
    args: [...args],
    options: {
      call,
      kind,
      since,
      ...OUTPUT_OPTIONS,
    },
  });
  if (values.help) {
    await context.output.write(TAIL_HELP);
    return 0;
  }
  await new Tail(eventFilter(values, context.now), values.json, context).run();
  return 0;
};

/** Follows the stream, over as many connections as it takes: none of its events is told twice or left out. */
class Tail {
  readonly #filter: EventFilter;
  readonly #json: boolean;
  readonly #context: CommandContext;
  /** Sequence of the next event; undefined before the stream was seen for the first time. */
  #next: number | undefined;
  /** When the stream was made. */
  #created = '';
  #away = false;

  constructor(filter: EventFilter, json: boolean, context: CommandContext) {
    this.#filter = filter;
    this.#json = json;
    this.#context = context;
  }

  async run(): Promise<void> {
    const { signal, note } = this.#context;
    while (!signal.aborted) {
      try {
        await using events = await openEvents(this.#context.config());
        await this.#follow(events);
      } catch (error) {
        if (signal.aborted) return;
        // Of what is wrong from the beginning, nobody knows that it will change.
        const outage = error instanceof NatsError || error instanceof CommandError;
        if (!outage || this.#next === undefined) throw error;
        if (!this.#away) note('NATS is away; waiting for it');
        this.#away = true;
        await sleep(RECONNECT_WAIT_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #follow(events: StoredMessages): Promise<void> {
    const { output, note, signal } = this.#context;
    const state = await events.state();
    if (!state) throw noStream(events.stream);
    let from = this.#next;
    if (from === undefined) {
      from = this.#filter.since ? await events.sequenceAt(this.#filter.since) : state.last_seq + 1;
    } else if (state.created !== this.#created) {
      note('the stream is a new one; following it from its first event');
      from = 1;
    }
    this.#next = from;
    this.#created = state.created;
    if (this.#away) note('NATS is back');
    this.#away = false;

    const subjects = filterSubjects('calls', this.#filter);
    for await (const message of events.follow({ from, subjects, headersOnly: true, signal })) {
      const row = eventRow(message);
      await output.line(this.#json ? JSON.stringify(row) : rowText(row));
      this.#next = message.sequence + 1;
    }
  }
}
