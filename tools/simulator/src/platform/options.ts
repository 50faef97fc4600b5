import type { EventDelays } from '../events/event-sender.ts';
import type { StandIns } from '../legs/stand-in.ts';
import { isSampleRate, type SampleRateHz } from '../media/audio-format.ts';
import type { RuleSettings } from '../rules/rule-settings.ts';
import type { WebhookLimits } from '../webhook/webhook-client.ts';

/** A secret with which the platform signs what it sends. */
export interface SigningOptions {
  /** The account's signature secret. */
  readonly secret: string;
  readonly apiKey?: string;
  readonly applicationId?: string;
}

export interface RestOptions {
  /** Of the local stand-in of the REST API; 0, as unless given: any free one. */
  readonly port?: number;
  /** The application's public key, PEM: its JWTs are checked by it. */
  readonly publicKey: string;
  readonly applicationId: string;
}

/** The application that is called, as its settings at Vonage would have it, and how the platform is to behave. */
export interface SimulatorOptions {
  /** Asked what to do with a call. */
  readonly answerUrl: string | URL;
  /** Told what happens to a call; {@link usualEventUrl} unless given. */
  readonly eventUrl?: string | URL;
  /** Asked where the answer URL fails. */
  readonly fallbackUrl?: string | URL;
  /** GET unless given; the fallback URL is asked alike. */
  readonly answerMethod?: 'GET' | 'POST';
  /** POST unless given. */
  readonly eventMethod?: 'GET' | 'POST';
  readonly limits?: Partial<WebhookLimits>;
  readonly signing?: SigningOptions;
  readonly rest?: RestOptions;
  /** How the rules are taken that Vonage's documents leave open. */
  readonly rules?: RuleSettings;
  readonly standIns?: StandIns;
  /** Characters a second of `talk`. 15 unless given; infinite: talking takes no time. */
  readonly talkCharactersPerSecond?: number;
  readonly eventDelays?: EventDelays;
  /** The sockets' sample rate, in place of the one that the NCCO asks for. */
  readonly sampleRateHz?: SampleRateHz;
  /** Every frame that a socket was sent is expected back: what is missing is a problem. False unless given. */
  readonly expectsEcho?: boolean;
}

/** Where an application has its event URL that names only the answer URL: `…/events` beside `…/answer`, else `/webhooks/event`. */
export function usualEventUrl(answerUrl: URL): URL {
  const isTutorial = answerUrl.pathname.endsWith('/answer');
  return new URL(isTutorial ? answerUrl.pathname.replace(/answer$/, 'events') : '/webhooks/event', answerUrl);
}

/** @throws {TypeError} with the option's name. */
export function webUrl(name: string, value: string | URL): URL {
  const url = URL.parse(String(value));
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError(`${name}: ${value} is not an http(s) URL`);
  return url;
}

const USUAL_RANGES = { connectMs: [300, 1000], answerMs: [1000, 5000], eventMs: [1000, 10_000] } as const;

/** @throws {TypeError | RangeError} where an option is none that can be had. */
export function checkOptions(options: SimulatorOptions): void {
  const { sampleRateHz, talkCharactersPerSecond, signing } = options;
  checkMethod('answerMethod', options.answerMethod);
  checkMethod('eventMethod', options.eventMethod);
  if (sampleRateHz !== undefined && !isSampleRate(sampleRateHz)) {
    throw new RangeError(`sampleRateHz: ${sampleRateHz} is not one of 8000, 16000, 24000`);
  }
  checkLimits(options);
  if (talkCharactersPerSecond !== undefined && !(talkCharactersPerSecond > 0)) {
    throw new RangeError(`talkCharactersPerSecond: ${talkCharactersPerSecond} is not a positive number`);
  }
  if (signing?.secret === '') throw new TypeError('signing.secret: is empty');
  const { lateMs = 0, times = 1 } = options.eventDelays ?? {};
  if (!(lateMs >= 0 && Number.isFinite(lateMs)))
    throw new RangeError(`eventDelays.lateMs: ${lateMs} is not a number of milliseconds from 0`);
  if (!(Number.isInteger(times) && times >= 1)) {
    throw new RangeError(`eventDelays.times: ${times} is not a whole number from 1`);
  }
}

function checkMethod(name: string, method: string | undefined): void {
  if (method !== undefined && method !== 'GET' && method !== 'POST') {
    throw new TypeError(`${name}: ${method} is neither GET nor POST`);
  }
}

/** The range of the longest connection is up to the rules. */
function checkLimits({ limits = {}, rules }: SimulatorOptions): void {
  const ranges: Readonly<Record<string, readonly [min: number, max: number]>> = {
    ...USUAL_RANGES,
    ...(rules?.is('1.3.2', '3000') && { connectMs: [300, 3000] }),
  };
  for (const [name, value] of Object.entries(limits)) {
    const range = ranges[name];
    if (!range) throw new TypeError(`limits.${name}: is none of ${Object.keys(ranges).join(', ')}`);
    const [min, max] = range;
    if (!(value >= min && value <= max)) throw new RangeError(`limits.${name}: ${value} is not from ${min} to ${max}`);
  }
}
