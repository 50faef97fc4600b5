import type { Delivery } from './ledger.ts';

/** A message of the stream, in the stream's order. */
export interface StreamMessage {
  readonly sequence: number;
  readonly body: Uint8Array;
}

/** What is wrong; each list is empty where all is well. Its members are texts of messages, or of events. */
export interface Findings {
  /** Acknowledged, and not in the stream as it was sent. */
  readonly lost: readonly string[];
  /** In the stream more than once. */
  readonly twice: readonly string[];
  /** In the stream, and not what anybody sent. */
  readonly neverSent: readonly string[];
  /** Acknowledged after another of the same call that follows it in the stream. */
  readonly outOfOrder: readonly string[];
}

/** Holds the stream against what its sender was told. The deliveries of one call are in the order of their sending. */
export function check(deliveries: readonly Delivery[], messages: readonly StreamMessage[]): Findings {
  const sent = new Set(deliveries.map(({ event }) => event.body));
  const sequences = new Map<string, number>();
  const twice: string[] = [];
  const neverSent: string[] = [];
  for (const { sequence, body } of messages) {
    const text = exactText(body);
    if (text === undefined || !sent.has(text)) neverSent.push(text ?? Buffer.from(body).toString('latin1'));
    else if (sequences.has(text)) twice.push(text);
    else sequences.set(text, sequence);
  }

  const lost: string[] = [];
  const outOfOrder: string[] = [];
  const last = new Map<string, number>();
  for (const { event, acknowledged } of deliveries) {
    if (!acknowledged) continue;
    const sequence = sequences.get(event.body);
    if (sequence === undefined) {
      lost.push(event.body);
      continue;
    }
    if (sequence < (last.get(event.conversation) ?? 0)) outOfOrder.push(event.body);
    last.set(event.conversation, sequence);
  }
  return { lost, twice, neverSent, outOfOrder };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Different for different bytes; nothing for what is no text, as everything that was sent is. */
function exactText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
