import type { DtmfDigit, SourceFormat } from '@kodama/handler-kit';
import { z } from 'zod';

/*
 * How a call and a speech service talk to each other: one WebSocket a call, opened by us, with
 * `Authorization: Bearer <token>` where there is a token. The protocol is invented, but shaped as those of speech models are.
 *
 * Binary messages, both ways, are audio of any length: 24 kHz, mono, 16-bit signed little-endian. Text messages are JSON:
 *
 *   we say                                   the service says
 *   session.start {callId, audio}            session.started                 begins to listen
 *   (the caller's audio)                     speech.started                  the caller has begun to talk
 *                                            response.started {responseId}   what comes now is this response's audio
 *                                            (the response's audio)          as fast as it likes
 *                                            response.finished {responseId}  that was all of it
 *   response.truncated {responseId, heardMs}
 *   key.pressed {digit}
 *   session.end                              session.end                     the call is over, or is to be
 *
 * - Nothing but `session.start` is sent before `session.started`. After a lost connection the same `callId` is started again.
 * - `speech.started` is the service's ear for barge-in. What the caller has not heard yet is thrown away, and so is whatever
 *   still comes of the response. `response.truncated` then says how much of it was heard, so that the service knows what the
 *   caller does not know.
 * - Response ids are the service's own, no two alike in a call. Audio outside a response is nobody's, and not played.
 */

/** Of binary messages in both directions, whatever the call itself has. */
export const SERVICE_AUDIO = { sampleRateHz: 24_000, channels: 1, encoding: 's16le' } as const satisfies SourceFormat;

export const SERVICE_BYTES_PER_MS = (SERVICE_AUDIO.sampleRateHz * 2) / 1000;

/** A response was cut off: the caller has heard its first `heardMs`, and nothing behind them. */
export interface ResponseTruncated {
  readonly type: 'response.truncated';
  readonly responseId: string;
  readonly heardMs: number;
}

export interface SessionStart {
  readonly type: 'session.start';
  readonly callId: string;
  readonly audio: typeof SERVICE_AUDIO;
}

export type MessageToService =
  | SessionStart
  | ResponseTruncated
  | { readonly type: 'key.pressed'; readonly digit: DtmfDigit }
  | { readonly type: 'session.end' };

const responseId = z.string().min(1).max(200);

const messageFromService = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session.started') }),
  z.object({ type: z.literal('speech.started') }),
  z.object({ type: z.literal('response.started'), responseId }),
  z.object({ type: z.literal('response.finished'), responseId }),
  z.object({ type: z.literal('session.end') }),
]);

export type MessageFromService = z.output<typeof messageFromService>;

/** Control messages are short; what is longer is not even looked at, as parsing it would keep other calls waiting. */
const MAX_TEXT_BYTES = 4096;

/** Undefined for what is no message of the protocol: a service that is newer than we are may say more than we know. */
export function parseMessage(text: Buffer): MessageFromService | undefined {
  if (text.length > MAX_TEXT_BYTES) return undefined;
  try {
    return messageFromService.safeParse(JSON.parse(text.toString())).data;
  } catch {
    return undefined;
  }
}
