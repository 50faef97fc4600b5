import type { Dtmf, DtmfDigit } from '@kodama/handler-kit';
import {
  type AudioFormat,
  audioFormat,
  type CallIdentity,
  DEFAULT_SAMPLE_RATE_HZ,
  fromSocketHeaders,
  handlerOfSocketHeaders,
  parseContentType,
} from '@kodama/shared/voice';

/** What a text message from Vonage means to a leg. What is none of the protocol's messages is `other`, and ends nothing. */
export type SocketMessage =
  | Connected
  | { readonly kind: 'unsupported-format'; readonly identity: CallIdentity }
  | { readonly kind: 'dtmf'; readonly key: Dtmf }
  | { readonly kind: 'cleared' }
  | { readonly kind: 'notify'; readonly payload: unknown }
  | { readonly kind: 'other' };

export interface Connected {
  readonly kind: 'connected';
  readonly format: AudioFormat;
  readonly identity: CallIdentity;
  /** Who is to have the call; `undefined` where the NCCO did not say, `''` where it said something that is no name. */
  readonly handler: string | undefined;
  /** All that stood in the NCCO's `headers`. */
  readonly headers: Readonly<Record<string, unknown>>;
}

const OTHER: SocketMessage = { kind: 'other' };
/** Of the first message, what is no header of the NCCO's. */
const OURS: ReadonlySet<string> = new Set(['event', 'content-type']);
const DIGIT = /^[0-9*#]$/;

/**
 * Reads a text message. `connected` is `{"event":"websocket:connected","content-type":…}` with the NCCO's headers beside
 * it; before 2020 it had no `event`, so a `content-type` alone says it too, and an event without a `content-type` means
 * the default rate. Never throws.
 */
export function parseSocketMessage(text: string): SocketMessage {
  const message = parseObject(text);
  if (!message) return OTHER;
  const { event, 'content-type': contentType } = message;
  if (event === 'websocket:dtmf') {
    const key = keyOf(message);
    return key ? { kind: 'dtmf', key } : OTHER;
  }
  if (event === 'websocket:cleared') return { kind: 'cleared' };
  if (event === 'websocket:notify') return { kind: 'notify', payload: message.payload };
  if (event !== 'websocket:connected' && !(event === undefined && contentType !== undefined)) return OTHER;
  const format =
    contentType === undefined
      ? audioFormat(DEFAULT_SAMPLE_RATE_HZ)
      : typeof contentType === 'string' && parseContentType(contentType);
  const identity = fromSocketHeaders(message);
  if (!format) return { kind: 'unsupported-format', identity };
  // Not by a rest pattern: what that makes is a dictionary, which takes more memory for as long as the call lasts.
  const headers = Object.fromEntries(Object.entries(message).filter(([name]) => !OURS.has(name)));
  return { kind: 'connected', format, identity, handler: handlerOfSocketHeaders(message), headers };
}

function keyOf(message: Record<string, unknown>): Dtmf | undefined {
  // Another serialiser nests the key; taking both costs nothing.
  const { digit, duration } = (message.digit === undefined && asObject(message.dtmf)) || message;
  if (typeof digit !== 'string' || !DIGIT.test(digit)) return undefined;
  const durationMs = typeof duration === 'number' && duration >= 0 && Number.isFinite(duration) ? duration : 0;
  return { digit: digit as DtmfDigit, durationMs };
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
