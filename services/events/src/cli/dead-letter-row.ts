import { deadLetterStream } from '../consuming/dead-letters.ts';
import { printable } from './output.ts';
import type { StoredMessage, StoredMessages } from './stored-messages.ts';

/** What is told of an event that could not be handled. */
export interface DeadLetterRow {
  /** Of the letter, in the stream of dead letters. */
  readonly sequence: number;
  readonly failedAt: string;
  readonly consumer: string;
  readonly deliveries: number;
  /** Of the event, in the stream of events. */
  readonly eventSequence: number;
  readonly eventSubject: string;
  readonly reason: string;
}

export function deadLettersOf(events: StoredMessages): StoredMessages {
  return events.of(deadLetterStream(events.stream));
}

export function letterRow(message: Pick<StoredMessage, 'sequence' | 'headers' | 'time'>): DeadLetterRow {
  const header = (name: string) => message.headers?.get(name) ?? '';
  return {
    sequence: message.sequence,
    failedAt: header('Kodama-Failed-At') || message.time.toISOString(),
    consumer: header('Kodama-Consumer'),
    deliveries: Number(header('Kodama-Deliveries')),
    eventSequence: Number(header('Kodama-Sequence')),
    eventSubject: header('Kodama-Subject'),
    reason: header('Kodama-Reason'),
  };
}

export function letterText(row: DeadLetterRow): string {
  const tries = `${row.deliveries} ${row.deliveries === 1 ? 'try' : 'tries'}`;
  const columns = [String(row.sequence).padStart(6), row.failedAt, row.consumer, tries, row.eventSequence];
  // A line stays one line, whatever the reason says.
  return printable([...columns, row.eventSubject, row.reason].join('  ')).replaceAll(/\s*\n\s*/g, ' ');
}
