import { hash } from 'node:crypto';
import { type CallEvent, isStateEvent, readJsonParameters } from '../voice/call-event.ts';
import { canonicalJson } from './canonical-json.ts';

/** Name of the stream that keeps the events of all calls, where configuration names no other. */
export const DEFAULT_EVENTS_STREAM = 'CALLS';

/** The subjects of all events. One call: `calls.<conversationUuid>.>`; one kind of all calls: `calls.*.*.completed`. */
export const CALL_SUBJECTS = 'calls.>';

/** Stands in a subject for an id that an event does not have. */
export const NO_ID = 'none';

/** Longest subject token that is an id spelled out, characters; a longer one is hashed. Vonage's ids have 32 to 40. */
const MAX_TOKEN_LENGTH = 128;

/** What a token spells as it is: Vonage's own ids, several times for each event. */
const PLAIN = new RegExp(`^[A-Za-z0-9_-]{1,${MAX_TOKEN_LENGTH}}$`);

/** The subject of an event: `calls.<conversationUuid>.<legUuid>.<kind>`, each id as a {@link subjectToken}. */
export function callSubject({ conversationUuid, legUuid, kind }: CallEvent): string {
  return `calls.${subjectToken(conversationUuid)}.${subjectToken(legUuid)}.${kind}`;
}

/**
 * An id as one token of a NATS subject, different for different ids. Vonage's own ids stay as they are. Of any other text
 * everything but `A-Z a-z 0-9 _ -` is percent-encoded, so no id can add a token or a wildcard; what would be longer than
 * {@link MAX_TOKEN_LENGTH}, or is no valid Unicode, becomes `~` and a SHA-256.
 */
export function subjectToken(id: string | undefined): string {
  if (id === undefined) return NO_ID;
  if (id === NO_ID) return '%6Eone';
  if (PLAIN.test(id)) return id;
  const token = id.isWellFormed() ? percentEncode(id) : undefined;
  return token !== undefined && token.length <= MAX_TOKEN_LENGTH ? token : `~${sha256(JSON.stringify(id))}`;
}

/** A timestamp as Vonage writes it. Two colons, always: {@link callMessageId} relies on that. */
const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/**
 * The id by which JetStream knows an event again that Vonage sends twice.
 *
 * A state of a leg is the same as another with its leg, state and timestamp, as Vonage's guide has it:
 * `<leg>:<status>[:<sub_state>]:<timestamp>`. In all else the whole body counts, whatever the order of its keys, and whether it came by GET or by POST:
 * `<leg or conversation>:<kind>:<SHA-256>`. No part but the timestamp can have a colon, so no two ids are confused.
 */
export function callMessageId(event: CallEvent): string {
  const { kind, legUuid, timestamp } = event;
  if (isStateEvent(event) && legUuid !== undefined && timestamp !== undefined && ISO_UTC.test(timestamp)) {
    const subState = 'subState' in event && event.subState !== undefined ? `:${subjectToken(event.subState)}` : '';
    return `${subjectToken(legUuid)}:${kind}${subState}:${timestamp}`;
  }
  return `${subjectToken(legUuid ?? event.conversationUuid)}:${kind}:${sha256(canonicalJson(readJsonParameters(event.fields)))}`;
}

function percentEncode(id: string): string {
  // Of what encodeURIComponent leaves alone, a dot would separate tokens and an asterisk would be a wildcard.
  return encodeURIComponent(id).replace(
    /[.!~*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
