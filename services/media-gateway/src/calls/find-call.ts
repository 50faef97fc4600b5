import { callTraceIds } from '@kodama/shared/telemetry';
import { type StoredTimeline, type TimelineView, timelineView } from '@kodama/shared/timeline';
import type { Call, CallReader } from '../metrics/leg-metrics-store.ts';
import type { TimelineReader } from './timeline-reader.ts';

/** A call as `GET /calls/{id}` shows it. */
export interface CallView extends Call {
  /** What its events say; `null` where none was kept. */
  readonly timeline: TimelineView | null;
}

/**
 * One call, by its conversation's id or by that of any of its legs: the figures of its sockets, and what its events say. It may
 * have either without the other: no socket was opened, or no event has come yet.
 */
export async function findCall(
  id: string,
  { calls, timelines }: { calls: CallReader; timelines: TimelineReader },
): Promise<CallView | undefined> {
  const [call, timeline] = await Promise.all([calls.find(id), timelines.find(id)]);
  // A leg may be known to one side alone: sockets know the caller's leg, events the socket's as well.
  if (call) {
    const { conversationUuid } = call;
    const isOther = conversationUuid !== null && conversationUuid !== timeline?.conversationUuid;
    return viewOf(call, isOther ? await timelines.find(conversationUuid) : timeline);
  }
  if (!timeline) return undefined;
  const { conversationUuid } = timeline;
  const withSockets = conversationUuid !== null && conversationUuid !== id && (await calls.find(conversationUuid));
  return viewOf(withSockets || withoutSockets(timeline), timeline);
}

function viewOf(call: Call, timeline: StoredTimeline | undefined): CallView {
  return { ...call, timeline: timeline ? timelineView(timeline) : null };
}

function withoutSockets(stored: StoredTimeline): Call {
  const { conversationUuid } = stored;
  const { startedAt, state } = timelineView(stored);
  return {
    conversationUuid,
    traceId: callTraceIds(conversationUuid ?? undefined)?.traceId ?? null,
    // A timeline has an event at least.
    startedAt: startedAt ?? '',
    state: state === 'ended' ? 'ended' : 'live',
    legs: [],
  };
}
