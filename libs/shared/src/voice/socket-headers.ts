import { type ConversationUuid, type LegUuid, parseConversationUuid, parseLegUuid } from './ids.ts';

/** What ncco-api tells the media gateway about a call. Either may be missing: the answer webhook came without it. */
export interface CallIdentity {
  readonly conversationUuid: ConversationUuid | undefined;
  /** The caller's leg. The socket is a leg of its own, whose id Vonage gives away only in events. */
  readonly legUuid: LegUuid | undefined;
}

/** Vonage's documented limit of the endpoint's `headers`, bytes of JSON. Any two ids stay under it. */
export const MAX_SOCKET_HEADERS_BYTES = 512;

/**
 * The `headers` object of the NCCO's websocket endpoint. Vonage merges it into the top level of the socket's first text
 * message, so no key may be `event` or `content-type`.
 */
export function toSocketHeaders(identity: CallIdentity): Record<string, string> {
  return {
    ...(identity.conversationUuid && { conversation_uuid: identity.conversationUuid }),
    ...(identity.legUuid && { uuid: identity.legUuid }),
  };
}

/** Reads back what {@link toSocketHeaders} wrote, from the first text message; `call_uuid` is taken for `uuid` too. */
export function fromSocketHeaders(message: Readonly<Record<string, unknown>>): CallIdentity {
  return {
    conversationUuid: parseConversationUuid(message.conversation_uuid),
    legUuid: parseLegUuid(message.uuid) ?? parseLegUuid(message.call_uuid),
  };
}
