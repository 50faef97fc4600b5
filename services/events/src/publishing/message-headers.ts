import { injectTrace, subjectToken } from '@kodama/shared/messaging';
import { headers, type MsgHdrs } from 'nats';
import type { CallEventMessage } from './call-event-publisher.ts';

/**
 * What a consumer may want to know before it parses the body, and the trace that it goes on with. Ids are spelled as in
 * the subject, where nothing is left that a header could not carry.
 */
export function messageHeaders({ event, receivedAt }: CallEventMessage): MsgHdrs {
  const message = headers();
  message.set('Content-Type', 'application/json');
  message.set('Kodama-Kind', event.kind);
  if (event.conversationUuid !== undefined) message.set('Kodama-Conversation', subjectToken(event.conversationUuid));
  if (event.legUuid !== undefined) message.set('Kodama-Leg', subjectToken(event.legUuid));
  message.set('Kodama-Received-At', receivedAt.toISOString());
  injectTrace(message);
  return message;
}
