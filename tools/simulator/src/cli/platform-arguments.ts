import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SimulatorOptions } from '../platform/options.ts';
import { positiveNumber, ruleSettings, sampleRate, standIns, webUrl, wholeNumber } from './option-values.ts';
import { UsageError } from './usage-error.ts';

/** Options that say what the application's settings at Vonage are, and how the platform behaves. */
export const PLATFORM_OPTIONS = {
  url: { type: 'string', default: 'http://127.0.0.1:8080' },
  'event-url': { type: 'string' },
  'fallback-url': { type: 'string' },
  post: { type: 'boolean', default: false },
  'events-by-get': { type: 'boolean', default: false },
  rate: { type: 'string' },
  'talk-speed': { type: 'string' },
  rule: { type: 'string', multiple: true, default: [] as string[] },
  'stand-in': { type: 'string', multiple: true, default: [] as string[] },
  'secret-file': { type: 'string' },
  'api-key': { type: 'string' },
  'application-id': { type: 'string' },
  rest: { type: 'string' },
  'public-key': { type: 'string' },
  'events-late': { type: 'string' },
  'events-times': { type: 'string' },
  'events-reordered': { type: 'boolean', default: false },
} as const;

/** What parseArgs makes of {@link PLATFORM_OPTIONS}. */
export interface PlatformArguments {
  readonly url: string;
  readonly 'event-url'?: string | undefined;
  readonly 'fallback-url'?: string | undefined;
  readonly post: boolean;
  readonly 'events-by-get': boolean;
  readonly rate?: string | undefined;
  readonly 'talk-speed'?: string | undefined;
  readonly rule: string[];
  readonly 'stand-in': string[];
  readonly 'secret-file'?: string | undefined;
  readonly 'api-key'?: string | undefined;
  readonly 'application-id'?: string | undefined;
  readonly rest?: string | undefined;
  readonly 'public-key'?: string | undefined;
  readonly 'events-late'?: string | undefined;
  readonly 'events-times'?: string | undefined;
  readonly 'events-reordered': boolean;
}

const MOST_CHARACTERS_A_SECOND = 1000;
const MOST_LATE_SECONDS = 60;
const MOST_TIMES = 10;

/**
 * @param directory the one that relative paths are meant from.
 * @throws {UsageError}
 */
export async function platformOptions(values: PlatformArguments, directory: string): Promise<SimulatorOptions> {
  const url = webUrl('--url', values.url);
  const speed = values['talk-speed'];
  const lateSeconds = values['events-late'];
  const times = values['events-times'];
  return {
    answerUrl: url.pathname === '/' ? new URL(`/ncco${url.search}`, url) : url,
    ...(values['event-url'] && { eventUrl: webUrl('--event-url', values['event-url']) }),
    ...(values['fallback-url'] && { fallbackUrl: webUrl('--fallback-url', values['fallback-url']) }),
    answerMethod: values.post ? 'POST' : 'GET',
    eventMethod: values['events-by-get'] ? 'GET' : 'POST',
    ...(values.rate !== undefined && { sampleRateHz: sampleRate(values.rate) }),
    ...(speed !== undefined && { talkCharactersPerSecond: talkSpeed(speed) }),
    rules: ruleSettings(values.rule),
    standIns: standIns(values['stand-in']),
    eventDelays: {
      lateMs: lateSeconds === undefined ? 0 : positiveNumber('--events-late', lateSeconds, MOST_LATE_SECONDS) * 1000,
      times: times === undefined ? 1 : wholeNumber('--events-times', times, 1, MOST_TIMES),
      reordered: values['events-reordered'],
    },
    ...(await signing(values, directory)),
    ...(await rest(values, directory)),
  };
}

const talkSpeed = (text: string): number =>
  text === 'instant' ? Number.POSITIVE_INFINITY : positiveNumber('--talk-speed', text, MOST_CHARACTERS_A_SECOND);

/** The secret comes from a file: a command line can be read by everybody on the machine. */
async function signing(values: PlatformArguments, directory: string): Promise<Pick<SimulatorOptions, 'signing'>> {
  const { 'secret-file': file, 'api-key': apiKey, 'application-id': applicationId } = values;
  if (file === undefined) {
    if (apiKey !== undefined) throw new UsageError('--api-key: goes with --secret-file');
    return {};
  }
  const secret = (await readOption('--secret-file', file, directory)).trim();
  if (secret === '') throw new UsageError(`--secret-file ${file}: is empty`);
  return {
    signing: { secret, ...(apiKey !== undefined && { apiKey }), ...(applicationId !== undefined && { applicationId }) },
  };
}

async function rest(values: PlatformArguments, directory: string): Promise<Pick<SimulatorOptions, 'rest'>> {
  const { rest: port, 'public-key': file, 'application-id': applicationId } = values;
  if (port === undefined) {
    if (file !== undefined) throw new UsageError('--public-key: goes with --rest');
    return {};
  }
  if (file === undefined || applicationId === undefined) {
    throw new UsageError(
      '--rest: needs --public-key and --application-id, by which the JWTs of its clients are checked',
    );
  }
  const publicKey = await readOption('--public-key', file, directory);
  return { rest: { port: wholeNumber('--rest', port, 1, 65_535), publicKey, applicationId } };
}

async function readOption(option: string, file: string, directory: string): Promise<string> {
  try {
    return await readFile(resolve(directory, file), 'utf8');
  } catch (error) {
    throw new UsageError(`${option} ${file}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
