import type { LegView } from './call-control.ts';
import { legViewJson } from './leg-view-json.ts';
import type { ListFilters } from './request-checks.ts';

/**
 * One page of the legs that the filters let through.
 *
 * @param views oldest first.
 * @param query the one that was asked with: the links repeat it with another `record_index`.
 */
export function legListJson(
  views: readonly LegView[],
  filters: ListFilters,
  query: URLSearchParams,
  callsUrl: string,
): Readonly<Record<string, unknown>> {
  const found = views.filter((view) => isWanted(view, filters));
  if (filters.order === 'desc') found.reverse();
  const { page_size: pageSize, record_index: index } = filters;

  const link = (recordIndex: number) => {
    const linked = new URLSearchParams(query);
    linked.set('page_size', String(pageSize));
    linked.set('record_index', String(recordIndex));
    linked.set('order', filters.order);
    // Absolute, as official clients read it with `new URL`.
    return { href: `${callsUrl}?${linked}` };
  };
  return {
    count: found.length,
    page_size: pageSize,
    record_index: index,
    _links: {
      self: link(index),
      first: link(0),
      last: link(Math.max(0, Math.ceil(found.length / pageSize) - 1) * pageSize),
      ...(index > 0 && { prev: link(Math.max(0, index - pageSize)) }),
      ...(index + pageSize < found.length && { next: link(index + pageSize) }),
    },
    _embedded: { calls: found.slice(index, index + pageSize).map((view) => legViewJson(view, callsUrl)) },
  };
}

/** Dates are about when a leg was answered; both of them belong to the range, and a leg that was not answered to none. */
function isWanted({ status, conversationUuid, startTime }: LegView, filters: ListFilters): boolean {
  const { date_start: from, date_end: to } = filters;
  if (filters.status !== undefined && status !== filters.status) return false;
  if (filters.conversation_uuid !== undefined && conversationUuid !== filters.conversation_uuid) return false;
  if (from !== undefined && !(startTime !== undefined && startTime >= from)) return false;
  return to === undefined || (startTime !== undefined && startTime <= to);
}
