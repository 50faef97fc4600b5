import { randomUUID } from 'node:crypto';
import { Leg } from '../legs/leg.ts';
import type { ConnectAction, Endpoint } from '../ncco/actions.ts';
import type { LiveCall, OutboundLeg } from './live-call.ts';

/** Where a stand-in answers. */
export type CalledEndpoint = Exclude<Endpoint, { type: 'websocket' }>;

/** A leg to a stand-in, and how it can be ended from outside. */
export interface CalledLeg {
  readonly leg: Leg;
  /** Aborted when the call ends, or REST asks for it. */
  readonly ended: AbortSignal;
  /** It is over. */
  readonly done: () => void;
}

/** Makes the leg, which belongs to the call from now on. */
export function beginLeg(action: ConnectAction, endpoint: CalledEndpoint, call: LiveCall): CalledLeg {
  const leg = makeLeg(action, endpoint, call);
  const ending = new AbortController();
  const over = Promise.withResolvers<void>();
  const outbound: OutboundLeg = {
    leg,
    end: () => {
      ending.abort();
      return over.promise;
    },
  };
  const done = () => {
    call.removeLeg(outbound);
    over.resolve();
  };
  call.addLeg(outbound);
  return { leg, ended: ending.signal, done };
}

function makeLeg(action: ConnectAction, endpoint: CalledEndpoint, call: LiveCall): Leg {
  const { type, ...address } = endpoint;
  const from = action.from ?? (action.randomFromNumber ? call.to : 'unknown');
  const to = addressOf(endpoint);
  return new Leg({
    facts: {
      uuid: randomUUID().replaceAll('-', ''),
      conversationUuid: call.ids.conversationUuid,
      direction: 'outbound',
      from,
      to,
      headers: {},
      network: type === 'phone' ? 'US-FIXED' : type.toUpperCase(),
      ratePerMinute: type === 'phone' ? 0.0138 : 0.0036,
    },
    to: { type, ...address },
    from: { type: 'phone', number: from },
    events: call.sender,
    target: call.target(action.events),
    failureReply: action.synchronous ? 'ncco' : 'ignored',
  });
}

function addressOf(endpoint: CalledEndpoint): string {
  switch (endpoint.type) {
    case 'phone':
      return endpoint.number;
    case 'app':
      return endpoint.user;
    case 'sip':
      return endpoint.uri;
    case 'vbc':
      return endpoint.extension;
  }
}
