import { NO_ID, readCloudEvent } from '@kodama/shared/messaging';
import { printable } from './output.ts';
import type { StoredMessage } from './stored-messages.ts';

/** What is told of an event that is not shown whole: nothing that Vonage sent but its ids and its kind. */
export interface EventRow {
  readonly sequence: number;
  readonly receivedAt: string;
  readonly kind: string;
  /** As in the subject. */
  readonly conversation: string | null;
  readonly leg: string | null;
}

/** Width of the longest kind. */
const KIND_WIDTH = 'transcription'.length;

export function eventRow(message: Pick<StoredMessage, 'sequence' | 'subject' | 'headers' | 'time'>): EventRow {
  const [kind = '', leg = '', conversation = ''] = message.subject.split('.').reverse();
  // A message that something else put into the stream has no such header: then the time it was stored at.
  const receivedAt = (message.headers && readCloudEvent(message.headers)?.receivedAt) ?? message.time;
  return {
    sequence: message.sequence,
    receivedAt: receivedAt.toISOString(),
    kind,
    conversation: conversation === NO_ID ? null : conversation,
    leg: leg === NO_ID ? null : leg,
  };
}

export function rowText({ sequence, receivedAt, kind, conversation, leg }: EventRow): string {
  const columns = [String(sequence).padStart(6), receivedAt, kind.padEnd(KIND_WIDTH), conversation ?? '-', leg ?? '-'];
  return printable(columns.join('  '));
}
