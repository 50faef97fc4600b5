import { CALL_EVENT_KINDS, type CallEvent, type CallEventKind } from '../voice/call-event.ts';
import { parseRfc3339 } from '../voice/rfc3339.ts';
import { callMessageId, subjectToken } from './call-subjects.ts';

/** Who says so: Vonage's Voice API, whichever webhook it came by. */
const SOURCE = '/vonage/voice';
/** Before the event's kind, as in `com.vonage.voice.answered`. */
const TYPE_PREFIX = 'com.vonage.voice.';
const SPEC_VERSION = '1.0';

/** What the headers of a message say of the event in its body. Ids are spelled as in the subject. */
export interface CloudEvent {
  /** The same as the `Nats-Msg-Id` under which it was published first. */
  readonly id: string;
  readonly kind: CallEventKind;
  readonly receivedAt: Date;
}

/** What headers are read from: NATS's, and any that are read as those are. A header that is not there is empty. */
export interface HeaderSource {
  get(name: string): string;
}

/**
 * The CloudEvents 1.0 attributes of a message in binary content mode, as the NATS binding has them: each attribute is a
 * header of its own behind `ce-`, and the body is the data as it came. Beside the attributes of the specification there are
 * three extensions: `conversation`, `leg` (each left out where there is none) and `receivedat`.
 */
export function cloudEventHeaders(
  event: CallEvent,
  receivedAt: Date,
  id = callMessageId(event),
): Readonly<Record<string, string>> {
  const { conversationUuid, legUuid, kind, timestamp } = event;
  const received = receivedAt.toISOString();
  const conversation = subjectToken(conversationUuid);
  const leg = subjectToken(legUuid);
  // CloudEvents wants RFC 3339 here. What Vonage wrote is kept as it is, with as many digits.
  const time = timestamp !== undefined && parseRfc3339(timestamp) !== undefined ? timestamp : received;
  return {
    'ce-specversion': SPEC_VERSION,
    'ce-id': encodeHeaderValue(id),
    'ce-source': SOURCE,
    'ce-type': TYPE_PREFIX + kind,
    'ce-subject': encodeHeaderValue(`${conversation}/${leg}`),
    'ce-time': time,
    'ce-datacontenttype': 'application/json',
    ...(conversationUuid !== undefined && { 'ce-conversation': encodeHeaderValue(conversation) }),
    ...(legUuid !== undefined && { 'ce-leg': encodeHeaderValue(leg) }),
    'ce-receivedat': received,
  };
}

/** Reads back what {@link cloudEventHeaders} wrote; `undefined` for headers that it did not write. */
export function readCloudEvent(headers: HeaderSource): CloudEvent | undefined {
  const attribute = (name: string) => decodeHeaderValue(headers.get(`ce-${name}`));
  const id = attribute('id');
  const type = attribute('type');
  const receivedAtMs = parseRfc3339(attribute('receivedat') ?? '');
  const kind = CALL_EVENT_KINDS.find((known) => type === TYPE_PREFIX + known);
  const ours = attribute('specversion') === SPEC_VERSION && attribute('source') === SOURCE;
  if (!ours || !id || kind === undefined || receivedAtMs === undefined) return undefined;
  return { id, kind, receivedAt: new Date(receivedAtMs) };
}

/** As the HTTP binding has it, which the others follow: what is no printable ASCII, the space, `"` and `%`, in UTF-8. */
function encodeHeaderValue(value: string): string {
  return value.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    Buffer.from(character).reduce((text, byte) => `${text}%${byte.toString(16).toUpperCase().padStart(2, '0')}`, ''),
  );
}

/** `undefined` for what is no percent-encoded UTF-8. */
function decodeHeaderValue(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
