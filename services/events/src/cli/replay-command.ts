import { RedisTimelineStore } from '../consuming/redis-timeline-store.ts';
import { TimelineProjector } from '../consuming/timeline-projector.ts';
import { type Command, noStream } from './command.ts';
import { openEvents, openRedis } from './connections.ts';
import { deadLettersOf } from './dead-letter-row.ts';
import { eventFilter, FILTER_OPTIONS, filterSubjects, isEmpty } from './event-filter.ts';
import { REPLAY_HELP } from './help.ts';
import { messageRange } from './message-range.ts';
import { OUTPUT_OPTIONS, splitArguments } from './option-values.ts';
import { fromLetters, fromStream, Replay } from './replay.ts';
import { UsageError } from './usage-error.ts';

export const replayCommand: Command = async (args, context) => {
  const { values } = splitArguments({
    args: [...args],
    options: {
      ...FILTER_OPTIONS,
      all: { type: 'boolean', default: false },
      'dead-letters': { type: 'boolean', default: false },
      ...OUTPUT_OPTIONS,
    },
  });
  const { output, note, signal, now } = context;
  if (values.help) {
    await output.write(REPLAY_HELP);
    return 0;
  }
  const filter = eventFilter(values, now);
  if (isEmpty(filter) !== values.all) {
    throw new UsageError('replay: needs either a filter, or --all for all there are');
  }

  const config = context.config();
  await using events = await openEvents(config);
  using redis = await openRedis(config);
  const timelines = new RedisTimelineStore(redis, { retentionMs: config.CALL_RETENTION_SECONDS * 1000 });
  const letters = values['dead-letters'] ? deadLettersOf(events) : undefined;
  const source = letters ?? events;
  const range = await messageRange(source, filter, filterSubjects(letters ? 'dead-letters.*' : 'calls', filter));
  if (!range && !letters) throw noStream(events.stream);

  const replay = new Replay({
    handlers: [new TimelineProjector(timelines)],
    eventOf: letters ? fromLetters : fromStream,
    onHandled: letters ? (message) => letters.delete(message.sequence) : undefined,
    note,
  });
  if (range) await replay.run(source.read({ ...range, signal }), range.total);
  await output.write(values.json ? `${JSON.stringify(replay.summary)}\n` : replay.summaryText());
  const { failed, stopped } = replay.summary;
  return failed === 0 && stopped === null ? 0 : 1;
};
