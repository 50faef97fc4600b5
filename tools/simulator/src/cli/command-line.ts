import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SAMPLE_RATES_HZ, type SampleRateHz } from '../media/audio-format.ts';
import type { DtmfPress } from '../media/echo-run.ts';

/** Thrown when the command line asks for what does not exist; its message is one line that says what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CommandLine {
  answerUrl: URL;
  eventUrl: URL;
  answerMethod: 'GET' | 'POST';
  calls: number;
  wav: string | undefined;
  out: string | undefined;
  seconds: number | undefined;
  sampleRateHz: SampleRateHz | undefined;
  dtmf: DtmfPress[];
  json: boolean;
}

const MOST_CALLS = 1000;
/** Vonage ends a call after two hours. */
const MOST_SECONDS = 7200;

export const HELP = `Places telephone calls on a Vonage voice-WebSocket application, as Vonage would, and judges the echo.

Usage: npm run call -- [options]

  --url URL         the application (default http://127.0.0.1:8080); without a path /ncco is asked,
                    with one it is the whole answer URL
  --event-url URL   where the call's events go (default /webhooks/event at the origin of --url)
  --post            ask the answer URL with POST instead of GET
  --wav FILE        what the caller says, any WAV file (default: the recording that is shipped)
  --seconds N       talk that long: the recording is repeated or cut (default: the whole of it, once)
  --rate HZ         the socket's sample rate, 8000, 16000 or 24000 (default: what the NCCO asks for)
  --calls N         that many calls at the same time (default 1)
  --dtmf KEYS       press keys while talking: KEY@SECONDS, with commas between, as 1@2.5,#@4
  --out FILE        write what came back as a WAV file; with --calls, that of the first call
  --json            print one JSON document instead of the report
  -h, --help        print this

Examples:
  npm run call
  npm run call -- --seconds 10 --rate 24000 --out echo.wav
  npm run call -- --url https://echo.example.com/webhooks/answer --calls 20 --json

Exit codes:
  0  every frame of every call came back unaltered, and every event was answered 2xx
  1  not so, or there was no call; the report says why
  2  the command line asks for what does not exist
  130 or 143  interrupted by Ctrl-C or SIGTERM, whatever had come back until then

Ctrl-C hangs up and still prints the report; a second one ends at once.
`;

/**
 * Reads the command's arguments.
 *
 * @param directory the one that relative paths are meant from.
 * @returns 'help' where only that was asked for.
 * @throws {UsageError}
 */
export function parseCommandLine(args: readonly string[], directory: string): CommandLine | 'help' {
  const { values } = split(args);
  if (values.help) return 'help';
  const url = webUrl('--url', values.url);
  const path = (file: string | undefined) => (file === undefined ? undefined : resolve(directory, file));
  return {
    answerUrl: url.pathname === '/' ? new URL(`/ncco${url.search}`, url) : url,
    eventUrl: values['event-url'] ? webUrl('--event-url', values['event-url']) : new URL('/webhooks/event', url),
    answerMethod: values.post ? 'POST' : 'GET',
    calls: calls(values.calls),
    wav: path(values.wav),
    out: path(values.out),
    seconds: values.seconds === undefined ? undefined : seconds(values.seconds),
    sampleRateHz: values.rate === undefined ? undefined : sampleRate(values.rate),
    dtmf: values.dtmf === undefined ? [] : values.dtmf.split(',').map(dtmfPress),
    json: values.json,
  };
}

function split(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:8080' },
        'event-url': { type: 'string' },
        post: { type: 'boolean', default: false },
        wav: { type: 'string' },
        out: { type: 'string' },
        seconds: { type: 'string' },
        rate: { type: 'string' },
        calls: { type: 'string', default: '1' },
        dtmf: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    // Node goes on about escaping; its first sentence names the mistake.
    const [sentence] = (error as Error).message.split(/[.\n] ?/);
    throw new UsageError(`${sentence}; --help lists the options`);
  }
}

function webUrl(option: string, text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(`${option} ${text}: not an http:// or https:// address`);
}

function calls(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_CALLS) return number;
  throw new UsageError(`--calls ${text}: not a whole number from 1 to ${MOST_CALLS}`);
}

function seconds(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= MOST_SECONDS) return number;
  throw new UsageError(`--seconds ${text}: not a number above 0 and up to ${MOST_SECONDS}`);
}

function sampleRate(text: string): SampleRateHz {
  const rate = SAMPLE_RATES_HZ.find((rate) => String(rate) === text);
  if (rate) return rate;
  throw new UsageError(`--rate ${text}: not one of ${SAMPLE_RATES_HZ.join(', ')}`);
}

function dtmfPress(text: string): DtmfPress {
  const [, digit, at] = /^([0-9*#])@(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (digit && at) return { digit, atMs: Number(at) * 1000 };
  throw new UsageError(`--dtmf ${text}: not KEY@SECONDS with a key of 0-9, * and #, as 1@2.5`);
}
