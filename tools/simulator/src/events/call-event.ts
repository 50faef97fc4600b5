/** One connection of a call, as its events describe it. */
export interface LegFacts {
  readonly uuid: string;
  readonly conversationUuid: string;
  readonly direction: 'inbound' | 'outbound';
  /** Undefined: the caller does not show who he is. */
  readonly from: string | undefined;
  readonly to: string;
  /** Those of the NCCO's WebSocket endpoint; empty for a telephone. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The kind of network in the completed event. */
  readonly network: string;
  /** US dollars a minute. */
  readonly ratePerMinute: number;
}

/** The body of an event webhook. */
export type CallEvent = Readonly<Record<string, unknown>>;

/** How a call ended: `user` is a person who hung up, `platform` anything else. */
export type DisconnectedBy = 'user' | 'platform';

/** A state of a leg that has nothing to say but itself, or a word of detail. */
export function statusEvent(leg: LegFacts, status: string, at: Date, more: Readonly<Record<string, unknown>> = {}) {
  return {
    headers: leg.headers,
    ...(leg.from !== undefined && { from: leg.from }),
    to: leg.to,
    uuid: leg.uuid,
    conversation_uuid: leg.conversationUuid,
    status,
    direction: leg.direction,
    ...more,
    timestamp: at.toISOString(),
  };
}

export const answered = (leg: LegFacts, at: Date): CallEvent =>
  statusEvent(leg, 'answered', at, { start_time: null, rate: null, network: null });

/** The application has closed the socket, or the connection broke. Alone of all states it has no `direction`. */
export function disconnected(leg: LegFacts, at: Date): CallEvent {
  const { direction: _, ...rest } = statusEvent(leg, 'disconnected', at);
  return rest;
}

/** The times are whole seconds, and `duration` is the text of their difference. */
export function completed(leg: LegFacts, answeredAt: Date, at: Date, by: DisconnectedBy): CallEvent {
  const startSeconds = Math.floor(answeredAt.getTime() / 1000);
  const endSeconds = Math.floor(at.getTime() / 1000);
  const durationSeconds = endSeconds - startSeconds;
  return statusEvent(leg, 'completed', at, {
    start_time: new Date(startSeconds * 1000).toISOString(),
    end_time: new Date(endSeconds * 1000).toISOString(),
    duration: String(durationSeconds),
    rate: leg.ratePerMinute.toFixed(8),
    price: ((leg.ratePerMinute * durationSeconds) / 60).toFixed(8),
    network: leg.network,
    disconnected_by: by,
  });
}

/** A person or a machine has answered. The leg's id has another key than in all other events. */
export function answeredBy(leg: LegFacts, what: 'human' | 'machine', at: Date, subState?: string): CallEvent {
  return {
    call_uuid: leg.uuid,
    ...(leg.from !== undefined && { from: leg.from }),
    to: leg.to,
    status: what,
    ...(subState !== undefined && { sub_state: subState }),
    conversation_uuid: leg.conversationUuid,
    timestamp: at.toISOString(),
  };
}

export interface FinishedRecording {
  readonly uuid: string;
  readonly url: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly bytes: number;
}

export const recorded = (conversationUuid: string, recording: FinishedRecording, at: Date): CallEvent => ({
  start_time: wholeSeconds(recording.startedAt),
  end_time: wholeSeconds(recording.endedAt),
  recording_url: recording.url,
  size: recording.bytes,
  recording_uuid: recording.uuid,
  conversation_uuid: conversationUuid,
  timestamp: at.toISOString(),
});

export const transcribed = (conversationUuid: string, recording: FinishedRecording, at: Date): CallEvent => ({
  conversation_uuid: conversationUuid,
  type: 'record',
  recording_uuid: recording.uuid,
  status: 'transcribed',
  transcription_url: recording.url.replace('/files/', '/transcriptions/'),
  timestamp: at.toISOString(),
});

export interface CollectedInput {
  readonly dtmf: { readonly digits: string | null; readonly timed_out: boolean } | undefined;
  readonly speech: Readonly<Record<string, unknown>> | undefined;
}

/** @param isSwapped whether `from` and `to` have changed places, as they have in captured events. */
export const collected = (leg: LegFacts, input: CollectedInput, isSwapped: boolean, at: Date): CallEvent => ({
  speech: input.speech ?? { error: 'Speech was not enabled' },
  dtmf: input.dtmf ?? { digits: null, timed_out: false },
  ...(isSwapped ? { from: leg.to, to: leg.from } : { from: leg.from, to: leg.to }),
  uuid: leg.uuid,
  conversation_uuid: leg.conversationUuid,
  timestamp: at.toISOString(),
});

/** The leg has moved from one conversation to another. */
export const transferred = (legUuid: string, from: string, to: string, at: Date): CallEvent => ({
  conversation_uuid_from: from,
  conversation_uuid_to: to,
  type: 'transfer',
  uuid: legUuid,
  timestamp: at.toISOString(),
});

export const notified = (conversationUuid: string, payload: unknown, at: Date): CallEvent => ({
  payload,
  conversation_uuid: conversationUuid,
  timestamp: at.toISOString(),
});

/** The answer was no NCCO, or an action failed. Such an event has no `status`, and no leg. */
export const failure = (conversationUuid: string, reason: string, at: Date): CallEvent => ({
  reason,
  conversation_uuid: conversationUuid,
  timestamp: at.toISOString(),
});

/** What kind of event this is: its status, or a word for one that has none. */
export function eventName(event: CallEvent): string {
  if (typeof event.status === 'string' && event.recording_uuid === undefined) return event.status;
  if (event.type === 'transfer') return 'transfer';
  if (event.transcription_url !== undefined) return 'transcription';
  if (event.recording_url !== undefined) return 'record';
  if (event.reason !== undefined) return 'error';
  if (event.payload !== undefined) return 'notify';
  return 'input';
}

const wholeSeconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
