import type { Action, ConnectAction } from '../ncco/actions.ts';
import { connectSocket } from './connect-socket.ts';
import { connectStandIn } from './connect-stand-in.ts';
import type { LiveCall } from './live-call.ts';

/** How a connect action went: whether its leg came up, and the NCCO that an event's reply held. */
export interface ConnectOutcome {
  readonly ncco?: readonly Action[] | undefined;
  /** Fulfilled when the leg is over, with the NCCO that its end brought. */
  readonly over?: Promise<readonly Action[] | undefined>;
}

/**
 * Connects the call to an endpoint. A synchronous one lasts until its leg is over; of any other, the next action begins as
 * soon as the leg is up, or when it is over, whichever way the rule is taken.
 */
export async function connect(
  action: ConnectAction,
  call: LiveCall,
  replaced: AbortSignal,
): Promise<readonly Action[] | undefined> {
  const { endpoint } = action;
  const { over, ncco } =
    endpoint.type === 'websocket'
      ? await connectSocket(action, endpoint, call)
      : await connectStandIn(action, endpoint, call, replaced);
  if (!over) return ncco;
  if (action.synchronous || call.platform.rules.is('2.5.9', 'afterwards')) return over;
  // What the leg's end brings comes when the NCCO may be through long since.
  call.keepAlive(over.then((next) => next && call.replaceNcco(next, 'the reply to an event of a leg')));
  return undefined;
}
