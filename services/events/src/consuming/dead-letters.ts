import {
  DiscardPolicy,
  headers,
  type JetStreamClient,
  type JetStreamManager,
  type MsgHdrs,
  nanos,
  RetentionPolicy,
  StorageType,
} from 'nats';
import { makeStream, type StreamLimits } from '../nats/streams.ts';
import type { DeadLetter } from './dead-letter.ts';

/** The subjects of all dead letters. */
export const DEAD_LETTER_SUBJECTS = 'dead-letters.>';

/** Time that a letter's acknowledgement may take, ms. */
const ACK_TIMEOUT_MS = 2000;

/** Share of the events' bytes that their dead letters may take. */
const SHARE_OF_BYTES = 1 / 8;
const MIN_BYTES = 1024 ** 2;

/** Longest reason that is written down, characters. */
const MAX_REASON_LENGTH = 200;

export function deadLetterStream(eventsStream: string): string {
  return `${eventsStream}_DEAD_LETTERS`;
}

/** `dead-letters.<consumer>` and what the message's own subject says of the call; nothing, for a subject that is none of ours. */
export function deadLetterSubject({ consumer, subject }: Pick<DeadLetter, 'consumer' | 'subject'>): string {
  const [, tokens = 'none.none.unknown'] = /^calls\.([^.]+\.[^.]+\.[a-z]+)$/.exec(subject) ?? [];
  return `dead-letters.${consumer}.${tokens}`;
}

/** The message's own headers, but for those that told the server what to do with it, and who gave it up, when and why. */
export function deadLetterHeaders(letter: DeadLetter): MsgHdrs {
  const own = headers();
  for (const [name, values] of letter.headers ?? []) {
    // What the message expected of its own stream would be refused here. Its id is in `ce-id` as well.
    if (/^nats-/i.test(name)) continue;
    for (const value of values) own.append(name, value);
  }
  own.set('Kodama-Consumer', letter.consumer);
  own.set('Kodama-Sequence', String(letter.sequence));
  own.set('Kodama-Subject', letter.subject);
  own.set('Kodama-Deliveries', String(letter.deliveries));
  own.set('Kodama-Reason', printable(letter.reason));
  own.set('Kodama-Failed-At', letter.failedAt.toISOString());
  return own;
}

/** Makes sure of the stream that the letters go to. */
export async function ensureDeadLetters(manager: JetStreamManager, events: StreamLimits): Promise<void> {
  await makeStream(manager, {
    name: deadLetterStream(events.name),
    description: 'Call events that could not be handled, and why',
    subjects: [DEAD_LETTER_SUBJECTS],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    max_age: nanos(events.maxAgeMs),
    // The server sets all of a stream's bytes aside at once. As many as for the events would be too much where those have most
    // of the disk; the letters are few, or something is so wrong that a bound is welcome.
    max_bytes: Math.max(MIN_BYTES, Math.floor(events.maxBytes * SHARE_OF_BYTES)),
    // A full stream refuses new letters. `old` would make room by dropping letters that nobody has read yet, whose events
    // were given up in the belief that they are kept here. What is refused stays where it is, in the stream of events, and is
    // offered to the consumer again, more and more rarely, until there is room: somebody has to look, and loses nothing.
    discard: DiscardPolicy.New,
    duplicate_window: nanos(events.duplicateWindowMs),
    num_replicas: events.replicas,
  });
}

/** Resolves once the letter is kept. Writing it again changes nothing, within the duplicate window. */
export async function writeDeadLetter(
  client: JetStreamClient,
  eventsStream: string,
  letter: DeadLetter,
): Promise<void> {
  await client.publish(deadLetterSubject(letter), letter.body, {
    // A process that ends between the letter and the end of the message writes the letter once more.
    msgID: `${letter.consumer}:${letter.sequence}:${letter.storedAtNs}`,
    headers: deadLetterHeaders(letter),
    timeout: ACK_TIMEOUT_MS,
    expect: { streamName: deadLetterStream(eventsStream) },
  });
}

function printable(reason: string): string {
  return reason.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_REASON_LENGTH);
}
