/** The way in: what there is. */
export const HELP = `Looks at the stored events of calls, and gives them to the timelines again.

Usage: npm run events -- COMMAND [options]

  list                   stored events, a line each
  tail                   follow the events as they come
  show SEQUENCE | ID     one event as it came; or all events of one conversation or leg, and its timeline
  replay                 give stored events to the timelines again
  dead-letters           events that could not be handled, and why

Each command has its own --help. Examples:
  npm run events -- list --since 10m --kind answered,completed
  npm run events -- tail --call CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10
  npm run --silent events -- list --json | jq .leg

Where it runs: in the running container of the events service (docker compose exec), as NATS is published nowhere. With
NATS_URL in the environment it runs right here, on that NATS, with EVENTS_STREAM and REDIS_URL as the service has them.

Exit codes: 0 all is well; 1 something is not, and is told; 2 the command line asks for what does not exist;
130 or 143 interrupted by Ctrl-C or SIGTERM (tail: 0).
`;

const CALL_AND_KIND = `  --call ID              of one conversation (CON-…) or one leg; none: without a leg
  --kind KIND,KIND       of these kinds: answered, completed, input, … (a wrong one lists them all)
`;

const SINCE = `  --since TIME           stored then or later: a time ago, as 30s, 10m, 2h or 7d, or a time, as 2026-11-28T10:00:00Z
                         or 2026-11-28 (which is midnight UTC)
`;

const FILTERS = `${CALL_AND_KIND}${SINCE}  --until TIME           stored before
`;

const JSON_AND_HELP = `  --json                 a JSON object a line
  -h, --help             print this
`;

const COLUMNS = `A line has the event's sequence in the stream, when it was received, its kind, its conversation and its leg, and never
a caller's number: "show" has the rest.
`;

export const LIST_HELP = `Lists stored events, oldest first.

Usage: npm run events -- list [options]

${FILTERS}  --limit N              the last N of them (default 50)
${JSON_AND_HELP}
${COLUMNS}`;

export const TAIL_HELP = `Follows the events as they come, until Ctrl-C; where NATS goes away, from where it was.

Usage: npm run events -- tail [options]

${CALL_AND_KIND}${SINCE}                         (default: now)
${JSON_AND_HELP}
${COLUMNS}`;

export const SHOW_HELP = `Shows one event as it came: its headers and its body, WITH CALLERS' NUMBERS and whatever else Vonage sent. Or, without
them, all events of one conversation or leg, a line each, and the call's timeline where Redis has one.

Usage: npm run events -- show SEQUENCE [--json]
       npm run events -- show CON-… | LEG [--json]

${JSON_AND_HELP}`;

export const REPLAY_HELP = `Gives stored events to the timelines again, as after a loss of Redis's data. Doing it twice changes nothing. Timelines do
not take what is older than they are kept: CALL_RETENTION_SECONDS and a day.

Usage: npm run events -- replay (--all | filters) [--dead-letters]

${FILTERS}  --all                  all there are
  --dead-letters         of the dead letters instead of the stream: what is handled now is no dead letter any more
  --json                 the summary as a JSON object
  -h, --help             print this

Exit codes: 0 every one of them was handled; 1 not so, or there was a failure; the summary says why.
`;

export const DEAD_LETTERS_HELP = `Lists the events that could not be handled, oldest first; or removes them for good.

Usage: npm run events -- dead-letters [options]
       npm run events -- dead-letters drop (SEQUENCE … | --all)

${FILTERS}  --limit N              the last N of them (default 50)
${JSON_AND_HELP}
A line has the letter's own sequence, when it was given up, the consumer that could not handle it, the number of tries, the
event's sequence and subject in the stream, and the reason. "replay --dead-letters" tries again; "drop" asks nothing, and
prints what it removes.
`;
