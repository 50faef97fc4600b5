/** What a line of a call's timeline is about. */
export type TimelineKind = 'webhook' | 'action' | 'leg' | 'socket' | 'text' | 'caller' | 'rest' | 'problem' | 'note';

/** One thing that happened in a call, in words for people. */
export interface TimelineEntry {
  /** Since the call began, ms. */
  readonly atMs: number;
  readonly kind: TimelineKind;
  readonly text: string;
}

/** An event webhook, when it has been answered or given up. */
export interface EventDelivery {
  /** When the event happened, ms since the call began. */
  readonly atMs: number;
  /** `answered`, `completed`, … or, of an event without a status, `input`, `record`, `transfer`, `notify`, `error`. */
  readonly name: string;
  /** The leg that it tells of, where it does. */
  readonly legUuid: string | null;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** The event itself, as it was sent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Of the last try; null where there was no reply. */
  readonly status: number | null;
  /** Why there was no reply. */
  readonly failure: string | null;
  /** From the first try to the end of the last reply, ms. */
  readonly ms: number;
  readonly attempts: number;
}
