/**
 * A conversation's id as Vonage gives it: `CON-` and a dashed UUID, as a rule. Opaque all the same: only its alphabet and
 * length are checked.
 */
export type ConversationUuid = string & { readonly __brand: 'ConversationUuid' };

/** A leg's id: Vonage's `uuid`, or `call_uuid` in human and machine events. Dashed UUIDs, 32 hex digits and others occur. */
export type LegUuid = string & { readonly __brand: 'LegUuid' };

/**
 * Longest id that is taken, in characters. Vonage's have 36 to 40; the room above is tolerance, the bound keeps two ids
 * inside the 512 bytes of an endpoint's `headers` and every NATS subject and Redis key short.
 */
export const MAX_ID_LENGTH = 128;

const ALPHABET = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Says whether `value` can be an id of Vonage's: 1 to {@link MAX_ID_LENGTH} printable ASCII characters, no space, and
 * neither `"` nor `\`, so that an id is as long in JSON as it is.
 */
function isCallId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ID_LENGTH && ALPHABET.test(value);
}

/** The id, or `undefined` for what cannot be one (another type, empty, too long, another alphabet). */
export function parseConversationUuid(value: unknown): ConversationUuid | undefined {
  return isCallId(value) ? (value as ConversationUuid) : undefined;
}

/** The id, or `undefined` for what cannot be one; the same rule as {@link parseConversationUuid}. */
export function parseLegUuid(value: unknown): LegUuid | undefined {
  return isCallId(value) ? (value as LegUuid) : undefined;
}
