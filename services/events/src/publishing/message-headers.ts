import { cloudEventHeaders, injectTrace } from '@kodama/shared/messaging';
import { type MsgHdrs, MsgHdrsImpl } from 'nats';
import type { CallEventMessage } from './call-event-publisher.ts';

/**
 * What JetStream has to know of a message, and what a consumer may want to know before it parses the body: the event's
 * attributes as CloudEvents has them, and the trace that it goes on with. Made in one piece, as none of the values has
 * anything that a header may not have: set one by one, all that are there are looked through each time.
 *
 * @param stream an acknowledgement by any other would not be one
 */
export function messageHeaders({ event, id, receivedAt }: CallEventMessage, stream: string): MsgHdrs {
  const headers: Record<string, string[]> = {
    'Nats-Msg-Id': [id],
    'Nats-Expected-Stream': [stream],
    'Content-Type': ['application/json'],
  };
  const attributes = cloudEventHeaders(event, receivedAt, id);
  for (const name in attributes) headers[name] = [attributes[name] as string];
  injectTrace({
    set: (name, value) => {
      headers[name] = [value];
    },
  });
  return MsgHdrsImpl.fromRecord(headers);
}
