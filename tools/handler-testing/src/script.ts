import type { Dtmf, DtmfDigit } from '@kodama/handler-kit';
import type { AudioFormat } from '@kodama/shared/voice';
import { FRAME_MS } from '@kodama/simulator/heard';
import { CallerAudio, type Said, type SaidAudio } from './caller-audio.ts';
import type { Stall } from './line.ts';

/** A key that the caller presses. */
export interface Press {
  /** When Vonage tells of it, ms since the call's beginning. */
  readonly atMs: number;
  readonly digit: DtmfDigit;
  /** Default 100. */
  readonly durationMs?: number;
}

/** A text message of the far end's that is none of the protocol's. */
export interface SentText {
  readonly atMs: number;
  readonly text: string;
}

/** What the caller does, and the network. */
export interface CallScript {
  /** What he says, from the beginning on or at moments of its own; silence around and between. */
  readonly says?: SaidAudio | readonly Said[];
  readonly presses?: readonly Press[];
  readonly texts?: readonly SentText[];
  /** When he hangs up, unless the handler ends the call before: rounded up to whole frames of 20 ms. */
  readonly seconds: number;
  /** Times in which the connection stands still. */
  readonly stalls?: readonly Stall[];
}

/** Whom a call's messages go to. */
export interface Receiver {
  dtmf(key: Dtmf): void;
  text(text: string): void;
}

/** A script that has been read: what happens when. */
export interface Script {
  readonly ticks: number;
  readonly said: CallerAudio;
  readonly messages: readonly { readonly atMs: number; readonly sendTo: (receiver: Receiver) => void }[];
  readonly stalls: readonly Stall[];
}

const DIGITS: readonly unknown[] = [...'0123456789*#'];
const USUAL_KEY_MS = 100;

/**
 * @throws TypeError for what cannot be, or would never happen in the call
 * @throws AudioError for a file that cannot be read
 */
export async function readScript(script: CallScript, format: AudioFormat): Promise<Script> {
  const { seconds, presses = [], texts = [], stalls = [] } = script;
  if (!(Number.isFinite(seconds) && seconds > 0)) {
    throw new TypeError(`seconds: is to be a number above 0, not ${seconds}`);
  }
  const says = parts(script.says);
  for (const [name, list] of Object.entries({ says, presses, texts })) {
    for (const { atMs } of list) checkMoment(name, atMs, seconds);
  }
  for (const { digit } of presses) {
    if (!DIGITS.includes(digit)) throw new TypeError(`presses: a digit is one of 0 to 9, * and #, not ${digit}`);
  }
  for (const { fromMs, toMs } of stalls) {
    checkMoment('stalls', fromMs, seconds);
    if (!(toMs > fromMs)) throw new TypeError(`stalls: one that begins at ${fromMs} ms cannot end at ${toMs} ms`);
  }
  return {
    ticks: Math.ceil((seconds * 1000) / FRAME_MS),
    said: await CallerAudio.load(says, format),
    messages: [
      ...presses.map(({ atMs, digit, durationMs = USUAL_KEY_MS }) => ({
        atMs,
        sendTo: (receiver: Receiver) => receiver.dtmf({ digit, durationMs }),
      })),
      ...texts.map(({ atMs, text }) => ({ atMs, sendTo: (receiver: Receiver) => receiver.text(text) })),
    ],
    stalls,
  };
}

function parts(says: CallScript['says']): readonly Said[] {
  if (says === undefined) return [];
  return Array.isArray(says) ? says : [{ atMs: 0, audio: says as SaidAudio }];
}

function checkMoment(name: string, atMs: number, seconds: number): void {
  if (atMs >= 0 && atMs < seconds * 1000) return;
  throw new TypeError(`${name}: ${atMs} ms is not within the call, which is of ${seconds} s`);
}
