/** What the one does who is called at a telephone, a SIP address or an app: nobody real is ever called. */
export interface StandIn {
  /**
   * - `answers`: rings, is picked up by a person, and stays silent on the line.
   * - `machine`: the same, by an answering machine.
   * - `busy`, `rejects`: rings, and declines.
   * - `no-answer`: rings until the action's `timeout`.
   * - `unavailable`, `fails`: does not even ring.
   */
  readonly does: 'answers' | 'machine' | 'busy' | 'rejects' | 'no-answer' | 'unavailable' | 'fails';
  /** From the first ring to what it does, ms. 200 unless given. */
  readonly ringMs?: number;
  /** Hangs up so long after it has answered, ms; unless given, it stays until the call ends. */
  readonly hangsUpAfterMs?: number;
}

/** Kinds of endpoints at which a stand-in answers. */
export type StandInType = 'phone' | 'app' | 'sip' | 'vbc';
export type StandIns = Readonly<Partial<Record<StandInType, StandIn>>>;

export const DEFAULT_STAND_IN: StandIn = { does: 'answers' };
export const DEFAULT_RING_MS = 200;
