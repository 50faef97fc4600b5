import {
  type AudioFormat,
  audioFormat,
  type CallIdentity,
  DEFAULT_SAMPLE_RATE_HZ,
  fromSocketHeaders,
  parseContentType,
} from '@kodama/shared/voice';

/** What a text message from Vonage means to a leg. Text that is none of these is ignored, as the protocol asks. */
export type SocketMessage =
  | { readonly kind: 'connected'; readonly format: AudioFormat; readonly identity: CallIdentity }
  | { readonly kind: 'unsupported-format'; readonly identity: CallIdentity }
  | { readonly kind: 'dtmf' }
  | { readonly kind: 'other' };

const OTHER: SocketMessage = { kind: 'other' };
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
    // Another serialiser nests the digit; taking both costs nothing.
    const digit = message.digit ?? (message.dtmf as { digit?: unknown } | undefined)?.digit;
    return typeof digit === 'string' && DIGIT.test(digit) ? { kind: 'dtmf' } : OTHER;
  }
  if (event !== 'websocket:connected' && !(event === undefined && contentType !== undefined)) return OTHER;
  const format =
    contentType === undefined
      ? audioFormat(DEFAULT_SAMPLE_RATE_HZ)
      : typeof contentType === 'string' && parseContentType(contentType);
  const identity = fromSocketHeaders(message);
  return format ? { kind: 'connected', format, identity } : { kind: 'unsupported-format', identity };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
