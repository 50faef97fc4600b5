import { subjectToken } from '../messaging/call-subjects.ts';
import type { CallEvent, CallEventKind } from '../voice/call-event.ts';
import { parseLegUuid } from '../voice/ids.ts';
import { parseRfc3339 } from '../voice/rfc3339.ts';

/**
 * What is kept of an event for the timeline of its call. No number of a caller, no address of a recording, no digit, no text
 * that an application or a caller chose: whatever is here is one of few words, a number within bounds, an id or a time.
 */
export interface TimelineEntry {
  /** The event's id, the same however often it is delivered or stored. */
  readonly id: string;
  /** Its place in the stream; of several places the first. */
  readonly sequence: number;
  readonly kind: CallEventKind;
  /** Whose event it is; `null` where it is about no one leg. */
  readonly leg: string | null;
  /** When it happened: the event's own time, or, where it has none that is one, when it came. ISO 8601, UTC, as all times. */
  readonly at: string;
  readonly receivedAt: string;
  readonly direction?: 'inbound' | 'outbound';
  /** Why a leg was not answered, in Vonage's word: `unavailable`, `declined`, …. */
  readonly detail?: string;
  readonly sipCode?: number;
  readonly durationSeconds?: number;
  readonly disconnectedBy?: 'platform' | 'user';
  /** Of a machine detection: `beep_start`, `beep_timeout`. */
  readonly subState?: string;
  /** Of a transfer, in the conversation that the leg left: where it went. */
  readonly transferredTo?: string;
  /** Of a transfer, in the conversation that the leg came to: where from. */
  readonly transferredFrom?: string;
}

/** An entry, and the call that it belongs to. */
export interface FiledEntry {
  /** As {@link subjectToken} spells it; `undefined` for an event that names its leg alone. */
  readonly conversation: string | undefined;
  readonly entry: TimelineEntry;
}

export interface ReceivedEvent {
  readonly id: string;
  readonly sequence: number;
  readonly event: CallEvent;
  readonly receivedAt: Date;
}

/** Words of Vonage's, which have no digits: what is not like one is not kept. */
const WORD = /^[a-z][a-z_-]{0,39}$/;
/** A week: more seconds than a call can last, and fewer than a phone number would be. */
const MAX_DURATION_SECONDS = 7 * 86_400;

/**
 * What is kept of an event, under each call that it is about: one as a rule, two for a transfer, none where it names
 * neither conversation nor leg.
 */
export function timelineEntriesOf({ id, sequence, event, receivedAt }: ReceivedEvent): readonly FiledEntry[] {
  const { conversationUuid, legUuid, kind } = event;
  if (conversationUuid === undefined && legUuid === undefined) return [];
  const ownMs = event.timestamp === undefined ? undefined : parseRfc3339(event.timestamp);
  const entry: TimelineEntry = {
    id,
    sequence,
    kind,
    leg: legUuid === undefined ? null : (parseLegUuid(legUuid) ?? subjectToken(legUuid)),
    at: new Date(ownMs ?? receivedAt).toISOString(),
    receivedAt: receivedAt.toISOString(),
    ...detailsOf(event),
  };
  const conversation = conversationUuid === undefined ? undefined : subjectToken(conversationUuid);
  const to =
    event.kind === 'transfer' && event.toConversationUuid !== undefined && subjectToken(event.toConversationUuid);
  if (!to || to === conversation || conversation === undefined) return [{ conversation, entry }];
  return [
    { conversation, entry: { ...entry, transferredTo: to } },
    { conversation: to, entry: { ...entry, transferredFrom: conversation } },
  ];
}

function detailsOf({ fields }: CallEvent): Partial<TimelineEntry> {
  // The webhook's types are documentation. Only what Vonage itself says is looked at, under names of its own.
  const given = (key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);
  const direction = given('direction');
  const detail = given('detail');
  const subState = given('sub_state');
  const by = given('disconnected_by');
  const sipCode = wholeNumber(given('sip_code'), 100, 699);
  const durationSeconds = wholeNumber(given('duration'), 0, MAX_DURATION_SECONDS);
  return {
    ...((direction === 'inbound' || direction === 'outbound') && { direction }),
    ...(isWord(detail) && { detail }),
    ...(sipCode !== undefined && { sipCode }),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...((by === 'platform' || by === 'user') && { disconnectedBy: by }),
    ...(isWord(subState) && { subState }),
  };
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && WORD.test(value);
}

/** Numbers come as text too. */
function wholeNumber(value: unknown, min: number, max: number): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}
