import { parseConversationUuid, parseLegUuid } from './ids.ts';
import type { CallIdentity } from './socket-headers.ts';

/** A webhook's JSON object as it was parsed: any key, any JSON value. */
type JsonObject = Readonly<Record<string, unknown>>;

/** The states of a leg that Vonage documents, but for what a machine detection finds. */
const LEG_STATUSES = [
  'started',
  'ringing',
  'answered',
  'busy',
  'cancelled',
  'unanswered',
  'timeout',
  'rejected',
  'failed',
  'completed',
  'disconnected',
] as const;

/** What answering machine detection says about a leg. */
const DETECTIONS = ['human', 'machine'] as const;

const STATES: ReadonlySet<string> = new Set([...LEG_STATUSES, ...DETECTIONS]);

const OTHER_KINDS = ['record', 'transcription', 'input', 'notify', 'error', 'unknown'] as const;

/** Every `kind` that a {@link CallEvent} can have. */
export const CALL_EVENT_KINDS = [...LEG_STATUSES, ...DETECTIONS, 'transfer', ...OTHER_KINDS] as const;

export type CallEventKind = (typeof CALL_EVENT_KINDS)[number];

interface EventBase {
  /** The conversation that the event is filed under, as given: any text but an empty one. Not every event has one. */
  readonly conversationUuid: string | undefined;
  /** Vonage's `uuid`, or `call_uuid` where a machine detection speaks; as given. Not every event is about one leg. */
  readonly legUuid: string | undefined;
  /** When it happened, as given: ISO 8601 in UTC, as a rule. */
  readonly timestamp: string | undefined;
  /** The whole event, untouched. */
  readonly fields: JsonObject;
}

/** A leg came into another state. */
export interface LegStatusEvent extends EventBase {
  readonly kind: (typeof LEG_STATUSES)[number];
}

/** A person or a machine took the call. */
export interface DetectionEvent extends EventBase {
  readonly kind: (typeof DETECTIONS)[number];
  /** With advanced detection: `beep_start`, `beep_timeout`. */
  readonly subState: string | undefined;
}

/**
 * A leg went on to another conversation. `conversationUuid` is the one that it left: whoever has followed the leg so far,
 * by subject or by trace, learns there where it went. Its next events have the new one by themselves.
 */
export interface TransferEvent extends EventBase {
  readonly kind: 'transfer';
  readonly toConversationUuid: string | undefined;
}

/** Everything else. `unknown` is what Vonage has that we do not know: it is passed on, not refused. */
export interface OtherEvent extends EventBase {
  readonly kind: (typeof OTHER_KINDS)[number];
}

/** An event webhook's body, told apart by `kind`: for states the state itself. */
export type CallEvent = LegStatusEvent | DetectionEvent | TransferEvent | OtherEvent;

/** Says whether an event is about the state of a leg, and so has a `status` that is its `kind`. */
export function isStateEvent(event: CallEvent): event is LegStatusEvent | DetectionEvent {
  return STATES.has(event.kind);
}

/** The ids of the call that an event is about, for logs and traces: those that can be ids, and so are short and harmless. */
export function callOf({ conversationUuid, legUuid }: CallEvent): CallIdentity {
  return { conversationUuid: parseConversationUuid(conversationUuid), legUuid: parseLegUuid(legUuid) };
}

/** Reads an event webhook's body. There is no object that it refuses: Vonage adds keys, and words, without notice. */
export function toCallEvent(fields: JsonObject): CallEvent {
  const kind = kindOf(fields);
  const base = {
    conversationUuid: text(fields, 'conversation_uuid'),
    legUuid: text(fields, 'uuid') ?? text(fields, 'call_uuid'),
    timestamp: text(fields, 'timestamp'),
    fields,
  };
  if (kind === 'human' || kind === 'machine') return { ...base, kind, subState: text(fields, 'sub_state') };
  if (kind === 'transfer') {
    const to = text(fields, 'conversation_uuid_to');
    const conversationUuid = text(fields, 'conversation_uuid_from') ?? to ?? base.conversationUuid;
    return { ...base, kind, conversationUuid, toConversationUuid: to };
  }
  return { ...base, kind };
}

/** Vonage's events have no common key that names them: which keys there are decides, in this order. */
function kindOf(fields: JsonObject): CallEventKind {
  const status = text(fields, 'status');
  // Ahead of the states: a transcription has a `status` too, about itself and not about the call.
  if (has(fields, 'transcription_url') || status === 'transcribed') return 'transcription';
  const state = [...LEG_STATUSES, ...DETECTIONS].find((known) => known === status);
  if (state) return state;
  if (text(fields, 'type') === 'transfer') return 'transfer';
  if (has(fields, 'recording_url')) return 'record';
  // A word for a state that is new to us: its other keys explain it, and do not make it another kind of event.
  if (status !== undefined) return 'unknown';
  if (has(fields, 'reason')) return 'error';
  if (has(fields, 'payload')) return 'notify';
  if (has(fields, 'dtmf') || has(fields, 'speech')) return 'input';
  return 'unknown';
}

/** These come as JSON text where the webhook is a GET. */
const JSON_PARAMETERS: ReadonlySet<string> = new Set(['dtmf', 'speech', 'payload', 'headers']);

/**
 * The body that an event webhook by GET would have had: its parameters in the order of the URL, decoded, as text; the four
 * that are objects in JSON as such, where they can be read. A parameter that is repeated becomes an array.
 *
 * @param query of the URL, without the `?`
 */
export function eventFieldsFromQuery(query: string): JsonObject {
  const values = new Map<string, unknown[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const parsed = JSON_PARAMETERS.has(name) ? jsonObject(value) : value;
    values.set(name, [...(values.get(name) ?? []), parsed]);
  }
  // fromEntries defines own properties, so a parameter called __proto__ is one among others.
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

/** The object that the text is in JSON, or else the text: `dtmf=0042` are four digits and no number. */
function jsonObject(value: string): unknown {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null ? parsed : value;
  } catch {
    return value;
  }
}

/** Says whether the object itself has a value there; what it may inherit does not count. */
function has(fields: JsonObject, key: string): boolean {
  return Object.hasOwn(fields, key) && fields[key] !== null && fields[key] !== undefined;
}

function text(fields: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
