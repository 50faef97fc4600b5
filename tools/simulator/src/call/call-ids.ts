import { randomUUID } from 'node:crypto';

/** The ids of one call. To an application they are opaque text; their shapes are those seen in real calls. */
export interface CallIds {
  /** `CON-` and a dashed UUID. */
  conversationUuid: string;
  /** The caller's leg: 32 hex digits, as telephone calls show them. */
  legUuid: string;
  /** The first WebSocket leg: a dashed UUID. */
  socketLegUuid: string;
}

/** New ids as Vonage makes them; those that are given stay as they are. */
export function makeCallIds(given: Partial<CallIds> = {}): CallIds {
  return {
    conversationUuid: given.conversationUuid ?? `CON-${randomUUID()}`,
    legUuid: given.legUuid ?? randomUUID().replaceAll('-', ''),
    socketLegUuid: given.socketLegUuid ?? randomUUID(),
  };
}
