import { cloudEventHeaders, injectTrace } from '@kodama/shared/messaging';
import { headers, type MsgHdrs } from 'nats';
import type { CallEventMessage } from './call-event-publisher.ts';

/** What a consumer may want to know before it parses the body, as CloudEvents has it, and the trace that it goes on with. */
export function messageHeaders({ event, id, receivedAt }: CallEventMessage): MsgHdrs {
  const message = headers();
  message.append('Content-Type', 'application/json');
  const attributes = cloudEventHeaders(event, receivedAt, id);
  for (const name in attributes) message.append(name, attributes[name] as string);
  injectTrace(message);
  return message;
}
