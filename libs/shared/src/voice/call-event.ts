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

/** An event of one or more kinds, with types for the keys that Vonage documents of them. */
interface EventOf<Kind extends CallEventKind, Keys> extends EventBase {
  readonly kind: Kind;
  /**
   * The whole event, untouched. The types are what Vonage's webhook reference says, and nobody has checked the values: any
   * key may be missing, and what matters is to be checked where it is used.
   */
  readonly fields: JsonObject & Readonly<Partial<Keys>>;
}

/** Times are ISO 8601 in UTC. */
type Text = string;
/** A number, or one as text: all are text where the webhook is a GET, and some where it is a POST. */
type Numeric = number | string;

/** The keys that every event about the state of a leg has. */
interface StateKeys {
  from: Text | null;
  to: Text;
  status: Text;
  conversation_uuid: Text;
  timestamp: Text;
}

interface LegStatusKeys extends StateKeys {
  uuid: Text;
  /** `inbound` or `outbound`. */
  direction: Text;
  /** Of a socket, the `headers` of its NCCO endpoint. */
  headers: JsonObject;
  /** Why the leg was not answered: `unavailable`, `timeout`, `declined`, `cannot_route`, …. */
  detail: Text;
  sip_code: Numeric;
  start_time: Text | null;
  end_time: Text | null;
  /** Seconds. */
  duration: Numeric;
  /** Per minute. */
  rate: Text | null;
  price: Text | null;
  network: Text | null;
  /** `platform` or `user`. */
  disconnected_by: Text;
}

interface DetectionKeys extends StateKeys {
  call_uuid: Text;
  sub_state: Text;
}

interface TransferKeys {
  type: Text;
  uuid: Text;
  conversation_uuid_from: Text;
  conversation_uuid_to: Text;
  timestamp: Text;
}

interface RecordKeys {
  recording_url: Text;
  recording_uuid: Text;
  conversation_uuid: Text;
  /** Bytes. */
  size: Numeric;
  start_time: Text;
  end_time: Text;
  timestamp: Text;
}

interface TranscriptionKeys {
  transcription_url: Text;
  recording_uuid: Text;
  conversation_uuid: Text;
  type: Text;
  status: Text;
}

interface InputKeys {
  dtmf: Readonly<Partial<{ digits: Text | null; timed_out: boolean }>>;
  speech: Readonly<
    Partial<{
      timeout_reason: Text;
      results: readonly Readonly<Partial<{ text: Text; confidence: Numeric }>>[];
      error: Text;
      recording_url: Text;
    }>
  >;
  uuid: Text;
  conversation_uuid: Text;
  from: Text | null;
  to: Text;
  timestamp: Text;
}

interface NotifyKeys {
  payload: JsonObject;
  conversation_uuid: Text;
  timestamp: Text;
}

interface FaultKeys {
  reason: Text;
  conversation_uuid: Text;
  timestamp: Text;
}

/** A leg came into another state. */
export type LegStatusEvent = EventOf<(typeof LEG_STATUSES)[number], LegStatusKeys>;

/** A person or a machine took the call. */
export interface DetectionEvent extends EventOf<(typeof DETECTIONS)[number], DetectionKeys> {
  /** With advanced detection: `beep_start`, `beep_timeout`. */
  readonly subState: string | undefined;
}

/**
 * A leg went on to another conversation. `conversationUuid` is the one that it left: whoever has followed the leg so far,
 * by subject or by trace, learns there where it went. Its next events have the new one by themselves.
 */
export interface TransferEvent extends EventOf<'transfer', TransferKeys> {
  readonly toConversationUuid: string | undefined;
}

/** A recording is ready. */
export type RecordEvent = EventOf<'record', RecordKeys>;
/** The transcription of a recording is ready. */
export type TranscriptionEvent = EventOf<'transcription', TranscriptionKeys>;
/** The caller pressed keys or spoke, and an `input` action listened. */
export type InputEvent = EventOf<'input', InputKeys>;
/** The call came to a `notify` action. */
export type NotifyEvent = EventOf<'notify', NotifyKeys>;
/** Something is wrong with an NCCO, or with a webhook of ours. */
export type FaultEvent = EventOf<'error', FaultKeys>;
/** What Vonage has that we do not know: it is passed on, not refused. */
export type UnknownEvent = EventOf<'unknown', object>;

/** An event webhook's body, told apart by `kind`: for states the state itself. */
export type CallEvent =
  | LegStatusEvent
  | DetectionEvent
  | TransferEvent
  | RecordEvent
  | TranscriptionEvent
  | InputEvent
  | NotifyEvent
  | FaultEvent
  | UnknownEvent;

/** Says whether an event is about the state of a leg, and so has a `status` that is its `kind`. */
export function isStateEvent(event: CallEvent): event is LegStatusEvent | DetectionEvent {
  return STATES.has(event.kind);
}

/** The ids of the call that an event is about, for logs and traces: those that can be ids, and so are short and harmless. */
export function identityOf({ conversationUuid, legUuid }: CallEvent): CallIdentity {
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
  // The keys' types are documentation, which no value here has to keep to.
  return { ...base, kind } as CallEvent;
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
 * The body in JSON that an event webhook by GET would have had: its parameters in the order of the URL, decoded, as text;
 * the four that are objects in JSON as they came, where they can be read. A parameter that is repeated becomes an array.
 * It is put together as text: to write out again what was read would fail for what is nested deeper than calls may be.
 *
 * @param query of the URL, without the `?`
 */
export function eventBodyFromQuery(query: string): string {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const json = JSON_PARAMETERS.has(name) && isJsonObject(value) ? value : JSON.stringify(value);
    const all = values.get(name);
    if (all === undefined) values.set(name, [json]);
    else all.push(json);
  }
  const members = [...values].map(([name, all]) => `${JSON.stringify(name)}:${all.length === 1 ? all[0] : `[${all}]`}`);
  return `{${members}}`;
}

/** The same event, with what a GET has as JSON text in it as the objects that a POST has. */
export function readJsonParameters(fields: JsonObject): JsonObject {
  const read = [...JSON_PARAMETERS].flatMap((name) => {
    const value = text(fields, name);
    return value !== undefined && isJsonObject(value) ? [[name, JSON.parse(value)] as const] : [];
  });
  return read.length === 0 ? fields : { ...fields, ...Object.fromEntries(read) };
}

/** Says whether the text is an object in JSON, or an array: `dtmf=0042` are four digits and no number. */
function isJsonObject(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
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
