import type { HttpReply } from '../webhook/http-exchange.ts';

/** What may be an NCCO in the reply to an event: an empty array is none, and neither is any other text. It is not checked. */
export function nccoIn(reply: HttpReply | undefined): readonly unknown[] | undefined {
  if (!reply || reply.status < 200 || reply.status > 299 || reply.body.trim() === '') return undefined;
  try {
    const ncco: unknown = JSON.parse(reply.body);
    return Array.isArray(ncco) && ncco.length > 0 ? ncco : undefined;
  } catch {
    return undefined;
  }
}
