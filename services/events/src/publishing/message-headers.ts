import { cloudEventHeaders, injectTrace } from '@kodama/shared/messaging';
import { headers, type MsgHdrs } from 'nats';
import type { CallEventMessage } from './call-event-publisher.ts';

/** What a consumer may want to know before it parses the body, as CloudEvents has it, and the trace that it goes on with. */
export function messageHeaders({ event, receivedAt }: CallEventMessage): MsgHdrs {
  const message = headers();
  message.set('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(cloudEventHeaders(event, receivedAt))) message.set(name, value);
  injectTrace(message);
  return message;
}
