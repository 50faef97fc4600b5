import type { LegView } from './call-control.ts';

/** Statuses of a leg that is not over. */
const LIVE_STATUSES = ['started', 'ringing', 'answered', 'machine'];
const ANSWERED_STATUSES = ['answered', 'machine'];

export const isLive = ({ status }: LegView): boolean => LIVE_STATUSES.includes(status);

export const isAnswered = ({ status }: LegView): boolean => ANSWERED_STATUSES.includes(status);

/**
 * A leg as the API's JSON shows it. What the call took and cost is there only when it is completed.
 *
 * @param callsUrl address of the list of calls, without a slash at its end.
 */
export function legViewJson(view: LegView, callsUrl: string): Readonly<Record<string, unknown>> {
  return {
    _links: { self: { href: `${callsUrl}/${encodeURIComponent(view.uuid)}` } },
    uuid: view.uuid,
    conversation_uuid: view.conversationUuid,
    to: view.to,
    from: view.from,
    status: view.status,
    direction: view.direction,
    ...(view.status === 'completed' && completedJson(view)),
  };
}

/** The times are whole seconds, and `duration` is the text of their difference, as in the completed event. */
function completedJson({ startTime, endTime, ratePerMinute, price, network }: LegView) {
  const startSeconds = startTime && Math.floor(startTime.getTime() / 1000);
  const endSeconds = endTime && Math.floor(endTime.getTime() / 1000);
  return {
    rate: ratePerMinute.toFixed(8),
    price: price.toFixed(8),
    duration: String(startSeconds !== undefined && endSeconds !== undefined ? endSeconds - startSeconds : 0),
    ...(startSeconds !== undefined && { start_time: isoText(startSeconds) }),
    ...(endSeconds !== undefined && { end_time: isoText(endSeconds) }),
    network,
  };
}

const isoText = (epochSeconds: number): string => new Date(epochSeconds * 1000).toISOString();
