import type { CallIds } from '../call/call-ids.ts';
import type { EventSender, EventTarget } from '../events/event-sender.ts';
import { Leg } from './leg.ts';

/** The leg of a person who calls from a telephone. */
export function callerLeg(
  call: { readonly ids: CallIds; readonly from: string | undefined; readonly to: string; readonly sender: EventSender },
  target: EventTarget,
): Leg {
  const { ids, from, to, sender } = call;
  return new Leg({
    facts: {
      uuid: ids.legUuid,
      conversationUuid: ids.conversationUuid,
      direction: 'inbound',
      from,
      to,
      headers: {},
      network: 'US-FIXED',
      ratePerMinute: 0.0045,
    },
    to: { type: 'phone', number: to },
    from: { type: 'phone', number: from ?? 'unknown' },
    events: sender,
    target,
    failureReply: 'ignored',
  });
}
