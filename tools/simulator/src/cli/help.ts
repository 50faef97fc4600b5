/** The way in: what there is. */
export const HELP = `Plays Vonage's side of voice calls, on any application that answers Vonage's webhooks.

Usage: kodama-simulator COMMAND [options]

  call               place calls, and judge what comes of them
  run FILE …         run scenarios: what a caller does, and what is expected
  check FILE         look for mistakes in an NCCO
  explain [RULE]     what is known of a rule, and from where; of a section such as 3.4, or of all, a line each
  schema             print the JSON Schema of scenarios, for editors

Each command has its own --help. Examples:
  kodama-simulator call --url http://127.0.0.1:8080
  kodama-simulator run echo.yaml --url https://staging.example.com/webhooks/answer
  kodama-simulator check ncco.json
  kodama-simulator explain 3.4.2

Exit codes: 0 all is well; 1 something is not, and is told; 2 the command line asks for what does not exist.
`;

const PLATFORM_HELP = `The application, and how the platform behaves:
  --url URL              the application (default http://127.0.0.1:8080); without a path /ncco is asked,
                         with one it is the whole answer URL
  --event-url URL        where the call's events go (default …/events where --url ends with …/answer, else
                         /webhooks/event)
  --fallback-url URL     asked where the answer URL fails
  --post                 ask the answer URL with POST instead of GET
  --events-by-get        send events with GET instead of POST
  --events-late N        each event so many seconds later
  --events-times N       each event so many times
  --events-reordered     every second event overtakes the one before it
  --rate HZ              the socket's sample rate, 8000, 16000 or 24000 (default: what the NCCO asks for)
  --talk-speed N         characters a second of a talk action, or "instant" (default 15)
  --stand-in TYPE=DOES   phone, app, sip or vbc, which answers (default), or is: machine, busy, rejects,
                         no-answer, unavailable, fails
  --rule ID=VALUE        take an open rule another way; "kodama-simulator explain" lists them
  --secret-file FILE     sign webhooks and sockets with the signature secret in the file
  --api-key K            with it, the api_key of what is signed
  --application-id ID    with it, the application_id of what is signed; and of REST
  --rest PORT            serve the calls' REST API on 127.0.0.1:PORT, which the answer webhook names as region_url
  --public-key FILE      the application's, PEM: by it the JWTs of REST's clients are checked
`;

export const CALL_HELP = `Places telephone calls on a Vonage voice application, as Vonage would, and judges what comes back.

Usage: kodama-simulator call [options]

The caller:
  --wav FILE             what the caller says, any WAV file (default: the recording that is shipped)
  --seconds N            talk that long: the recording is repeated or cut (default: the whole of it, once)
  --dtmf KEYS            press keys while talking: KEY@SECONDS since he began, with commas between, as 1@2.5,#@4;
                         for a menu before the WebSocket, write a scenario
  --from N, --to N       numbers, digits without a plus sign
  --timeout N            hang up where no WebSocket is open after so many seconds (default 60)
  --no-echo              the application is not expected to send back what it hears

Load:
  --calls N              that many calls at the same time (default 1); the run is void where this process
                         was late with its own frames
  --ramp N               begin so many calls a second (default: all at once)

What is told:
  --out FILE             write a stereo WAV: the caller on the left, what was heard on the right
  --received FILE        write what the application sent as a WAV, whenever it came
  --report FILE          write a page (.html) or a picture (.svg) of the call
  --json                 print one JSON document instead of the report
  -h, --help             print this

${PLATFORM_HELP}
Examples:
  kodama-simulator call
  kodama-simulator call --seconds 10 --rate 24000 --out heard.wav --report call.html
  kodama-simulator call --url https://echo.example.com/webhooks/answer --calls 300 --ramp 20 --seconds 30

Exit codes:
  0  the application did nothing wrong: every event was answered 2xx, no socket was closed with an error (1011, 1008
     and the like) and, unless --no-echo, every frame of every call came back unaltered
  1  not so, or there was no call; the report says why
  2  the command line asks for what does not exist
  3  void: this process was late itself, so the run says little of the application
  130 or 143  interrupted by Ctrl-C or SIGTERM, whatever had come back until then

Ctrl-C hangs up and still prints the report; a second one ends at once.
`;

export const RUN_HELP = `Runs scenarios: calls whose caller does what a file says, and of which the file says what is expected.

Usage: kodama-simulator run FILE … [options]

  --out FILE             write a stereo WAV of the (last) call: the caller on the left, what was heard on the right
  --report FILE          write a page (.html) or a picture (.svg) of the (last) call
  --json                 print one JSON document instead of the report
  -h, --help             print this

${PLATFORM_HELP}
What a scenario says itself goes before these options, but for --url, --event-url and --rule.

Examples:
  kodama-simulator run scenarios/echo.yaml
  kodama-simulator run scenarios/*.yaml --url http://127.0.0.1:3000/webhooks/answer

Exit codes: 0 everything that was expected came true; 1 not so; 2 a scenario or the command line has a mistake.
`;

export const CHECK_HELP = `Looks for mistakes in an NCCO, as Vonage would find them.

Usage: kodama-simulator check FILE [--rule ID=VALUE …]

FILE is a JSON file, or - for standard input. Each line tells of one mistake: file:line:column, what was found, what is
allowed, and the rule, of which "kodama-simulator explain" tells more.

Exit codes: 0 Vonage would carry it out; 1 it would not; 2 the command line asks for what does not exist.
`;

export const EXPLAIN_HELP = `Tells what is known of a rule of Vonage's, how sure it is, and from where it is known.

Usage: kodama-simulator explain [RULE]

RULE is a number as in a report, e.g. 3.4.2; of a section, e.g. 3.4, and without one, the rules are listed, a line each.
`;
