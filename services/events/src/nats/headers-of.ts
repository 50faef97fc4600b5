import type { JsMsg, Msg, MsgHdrs } from 'nats';

/**
 * A message's headers; none, where they are no headers at all. Whoever can publish can put anything there, and the client
 * reads them only when it is asked for them: it throws then.
 */
export function headersOf(message: JsMsg | Msg): MsgHdrs | undefined {
  try {
    return message.headers;
  } catch {
    return undefined;
  }
}
