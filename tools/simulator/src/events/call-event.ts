/** One connection of a call, as its events describe it. */
export interface Leg {
  uuid: string;
  conversationUuid: string;
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  /** Those of the NCCO's WebSocket endpoint; empty for a telephone. */
  headers: Readonly<Record<string, unknown>>;
  /** The kind of network in the completed event. */
  network: string;
  /** US dollars a minute. */
  ratePerMinute: number;
}

/** The body of an event webhook. */
export type CallEvent = Readonly<Record<string, unknown>>;

/** How a call ended: `user` is a person who hung up, `platform` anything else. */
export type DisconnectedBy = 'user' | 'platform';

export const started = (leg: Leg, at: Date): CallEvent => statusEvent(leg, 'started', at);

export const ringing = (leg: Leg, at: Date): CallEvent => statusEvent(leg, 'ringing', at);

export const answered = (leg: Leg, at: Date): CallEvent => ({
  ...statusEvent(leg, 'answered', at),
  start_time: null,
  rate: null,
  network: null,
});

/** The socket could not be opened. */
export const unanswered = (leg: Leg, at: Date): CallEvent => ({
  ...statusEvent(leg, 'unanswered', at),
  detail: 'unavailable',
});

/** The application has closed the socket, or the connection broke. Alone of all it has no `direction`. */
export function disconnected(leg: Leg, at: Date): CallEvent {
  const { direction: _, ...rest } = statusEvent(leg, 'disconnected', at);
  return rest;
}

/** The times are whole seconds, and `duration` is the text of their difference. */
export function completed(leg: Leg, answeredAt: Date, at: Date, disconnectedBy: DisconnectedBy): CallEvent {
  const startSeconds = Math.floor(answeredAt.getTime() / 1000);
  const endSeconds = Math.floor(at.getTime() / 1000);
  const durationSeconds = endSeconds - startSeconds;
  return {
    ...statusEvent(leg, 'completed', at),
    start_time: new Date(startSeconds * 1000).toISOString(),
    end_time: new Date(endSeconds * 1000).toISOString(),
    duration: String(durationSeconds),
    rate: leg.ratePerMinute.toFixed(8),
    price: ((leg.ratePerMinute * durationSeconds) / 60).toFixed(8),
    network: leg.network,
    disconnected_by: disconnectedBy,
  };
}

/** The answer was no NCCO. Such an event has no `status`, and no leg. */
export const nccoError = (conversationUuid: string, reason: string, at: Date): CallEvent => ({
  reason,
  conversation_uuid: conversationUuid,
  timestamp: at.toISOString(),
});

function statusEvent(leg: Leg, status: string, at: Date) {
  return {
    headers: leg.headers,
    from: leg.from,
    to: leg.to,
    uuid: leg.uuid,
    conversation_uuid: leg.conversationUuid,
    status,
    direction: leg.direction,
    timestamp: at.toISOString(),
  };
}
