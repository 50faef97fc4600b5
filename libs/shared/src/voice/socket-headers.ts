import { type ConversationUuid, type LegUuid, parseConversationUuid, parseLegUuid } from './ids.ts';

/** What ncco-api tells the media gateway about a call. Either may be missing: the answer webhook came without it. */
export interface CallIdentity {
  readonly conversationUuid: ConversationUuid | undefined;
  /** The caller's leg. The socket is a leg of its own, whose id Vonage gives away only in events. */
  readonly legUuid: LegUuid | undefined;
}

/** How a handler may be called: lower-case letters, digits and dashes, 40 at most, a letter first. */
export const HANDLER_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Vonage's documented limit of the endpoint's `headers`, bytes of JSON. Any two ids and any handler's name stay under it. */
export const MAX_SOCKET_HEADERS_BYTES = 512;

/**
 * The `headers` object of the NCCO's websocket endpoint. Vonage merges it into the top level of the socket's first text
 * message, so no key may be `event` or `content-type`.
 *
 * @param handler who is to have the call, by a name that fits {@link HANDLER_NAME}
 */
export function toSocketHeaders(identity: CallIdentity, handler: string): Record<string, string> {
  return {
    ...(identity.conversationUuid && { conversation_uuid: identity.conversationUuid }),
    ...(identity.legUuid && { uuid: identity.legUuid }),
    handler,
  };
}

/** Reads back what {@link toSocketHeaders} wrote, from the first text message; `call_uuid` is taken for `uuid` too. */
export function fromSocketHeaders(message: Readonly<Record<string, unknown>>): CallIdentity {
  return {
    conversationUuid: parseConversationUuid(message.conversation_uuid),
    legUuid: parseLegUuid(message.uuid) ?? parseLegUuid(message.call_uuid),
  };
}

/** The handler that {@link toSocketHeaders} named: `undefined` where none was, `''` where what stands there cannot be a name. */
export function handlerOfSocketHeaders(message: Readonly<Record<string, unknown>>): string | undefined {
  const { handler } = message;
  if (handler === undefined || handler === null) return undefined;
  return typeof handler === 'string' && HANDLER_NAME.test(handler) ? handler : '';
}
