import { parseJsonObject } from '@kodama/shared/json';
import { CALL_SUBJECTS, callSubject, type HeaderSource, readCloudEvent } from '@kodama/shared/messaging';
import { type CallEvent, toCallEvent } from '@kodama/shared/voice';
import { HandlingError } from './handling-error.ts';

/** A message of the stream, as any client of it has it. */
export interface StreamMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: HeaderSource | undefined;
  readonly body: Uint8Array;
}

/** An event as it comes out of the stream. */
export interface ConsumedEvent {
  readonly sequence: number;
  readonly subject: string;
  /** The same for each delivery of an event, and for each message that holds it. */
  readonly id: string;
  readonly event: CallEvent;
  /** The event as it came, byte for byte. */
  readonly body: Uint8Array;
  readonly receivedAt: Date;
}

/** Thrown for a message that no publisher of ours wrote. */
export class UnreadableEventError extends HandlingError {}

/** @throws UnreadableEventError for what somebody else published into {@link CALL_SUBJECTS} */
export function readConsumedEvent({ sequence, subject, headers, body }: StreamMessage): ConsumedEvent {
  const cloudEvent = headers && readCloudEvent(headers);
  if (!cloudEvent) throw new UnreadableEventError('the headers are not those of a call event');
  const event = toCallEvent(objectIn(body));
  // Where the subject stood for another call, the event would be filed under one and found under the other. Its kind is left
  // out: what was unknown when it was published may be known by now.
  const own = callSubject(event);
  const call = own.slice(0, own.lastIndexOf('.') + 1);
  if (!subject.startsWith(call) || !/^[a-z]+$/.test(subject.slice(call.length))) {
    throw new UnreadableEventError('the subject is not that of the event');
  }
  return { sequence, subject, id: cloudEvent.id, event, body, receivedAt: cloudEvent.receivedAt };
}

function objectIn(body: Uint8Array): Readonly<Record<string, unknown>> {
  let fields: ReturnType<typeof parseJsonObject>;
  try {
    fields = parseJsonObject(body);
  } catch (error) {
    throw new UnreadableEventError('the body is JSON that is not taken from anybody', error);
  }
  if (fields === 'not JSON') throw new UnreadableEventError('the body is not JSON in UTF-8');
  if (fields === 'not an object') throw new UnreadableEventError('the body is JSON, but not an object');
  return fields;
}
