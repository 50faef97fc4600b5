import { notified } from '../events/call-event.ts';
import type { Action, NotifyAction, WaitAction } from '../ncco/actions.ts';
import { type LiveCall, pause } from './live-call.ts';

/** Tells the application where the NCCO has got to; its reply may hold the next one. */
export async function notify(action: NotifyAction, call: LiveCall): Promise<readonly Action[] | undefined> {
  call.log.add('action', 'notify');
  const event = notified(call.ids.conversationUuid, action.payload, new Date());
  const reply = await call.sender.send(event, call.target(action.events), 'ncco');
  return call.nccoInReply(reply, 'notify');
}

export async function wait(action: WaitAction, call: LiveCall, replaced: AbortSignal): Promise<undefined> {
  call.log.add('action', `wait: ${action.timeoutSeconds} s`);
  await pause(action.timeoutSeconds * 1000, replaced, call.over);
  return undefined;
}
