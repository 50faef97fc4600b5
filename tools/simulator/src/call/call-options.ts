import { isSampleRate, type SampleRateHz } from '../media/audio-format.ts';
import type { CallProgress, DtmfPress } from '../media/echo-run.ts';
import type { Recording } from '../media/recording.ts';
import type { CallIds } from './call-ids.ts';

/** A call to place. Only the two addresses are needed. */
export interface CallOptions {
  /** Asked what to do with the call. */
  answerUrl: string | URL;
  /** Told what happens to the call; a connect action may name another one for the WebSocket leg. */
  eventUrl: string | URL;
  /** GET unless given. */
  answerMethod?: 'GET' | 'POST';
  /** The caller: digits without a plus sign. */
  from?: string;
  /** The number that is called: digits without a plus sign. */
  to?: string;
  /** Those that are not given are made up. */
  ids?: Partial<CallIds>;
  /** What the caller says; the shipped recording unless given. See {@link loadAudio}. */
  audio?: Recording;
  /** How long the caller talks, to the nearest 20 ms: the audio is repeated or cut. The whole audio once unless given. */
  seconds?: number;
  /** The socket's sample rate, in place of the one that the NCCO asks for. */
  sampleRateHz?: SampleRateHz;
  /** Keys that the caller presses while talking. */
  dtmf?: readonly DtmfPress[];
  /** Path of a 16-bit mono WAV file for the frames that come back. */
  out?: string;
  /** Hangs up: what was sent so far is still waited for, and reported. */
  signal?: AbortSignal;
  /** Added to by the call while it runs; begins as `{ framesPlanned: 0, framesSent: 0 }`. */
  progress?: CallProgress;
  /** 0 to below 20, in milliseconds: when within each 20 ms this call sends its frame. Other calls best have other ones. */
  phaseMs?: number;
}

/** Options with nothing left open. */
export interface CallPlan extends Omit<Required<CallOptions>, 'answerUrl' | 'eventUrl' | OpenOption> {
  answerUrl: URL;
  eventUrl: URL;
  audio: Recording | undefined;
  seconds: number | undefined;
  sampleRateHz: SampleRateHz | undefined;
  out: string | undefined;
  signal: AbortSignal | undefined;
  progress: CallProgress | undefined;
}

type OpenOption = 'audio' | 'seconds' | 'sampleRateHz' | 'out' | 'signal' | 'progress';

/** @throws {TypeError | RangeError} where an option is none that a call can be made with. */
export function planCall(options: CallOptions): CallPlan {
  const { seconds, sampleRateHz, phaseMs = 0, dtmf = [] } = options;
  if (seconds !== undefined && !(seconds > 0)) throw new RangeError(`seconds: ${seconds} is not a positive number`);
  if (sampleRateHz !== undefined && !isSampleRate(sampleRateHz)) {
    throw new RangeError(`sampleRateHz: ${sampleRateHz} is not one of 8000, 16000, 24000`);
  }
  if (!(phaseMs >= 0 && phaseMs < 20)) throw new RangeError(`phaseMs: ${phaseMs} is not from 0 to below 20`);
  for (const { digit, atMs } of dtmf) {
    if (!/^[0-9*#]$/.test(digit)) throw new RangeError(`dtmf: ${JSON.stringify(digit)} is not one of 0-9, * and #`);
    if (!(atMs >= 0)) throw new RangeError(`dtmf: ${atMs} is not a number of milliseconds from 0`);
  }
  return {
    answerUrl: webUrl('answerUrl', options.answerUrl),
    eventUrl: webUrl('eventUrl', options.eventUrl),
    answerMethod: options.answerMethod ?? 'GET',
    from: options.from ?? '14155550177',
    to: options.to ?? '12025550123',
    ids: options.ids ?? {},
    audio: options.audio,
    seconds,
    sampleRateHz,
    dtmf,
    out: options.out,
    signal: options.signal,
    progress: options.progress,
    phaseMs,
  };
}

function webUrl(name: string, value: string | URL): URL {
  const url = URL.parse(String(value));
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError(`${name}: ${value} is not an http(s) URL`);
  return url;
}
