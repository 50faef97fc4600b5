/** How sure it is that the platform behaves so. */
export type Certainty = 'certain' | 'likely' | 'conflict';

/** What the simulator makes of a rule. */
export type RuleStatus = 'enforced' | 'modelled' | 'not modelled';

/** One thing that is known of Vonage's side of a call. */
export interface Rule {
  /** Section, subject and number: `3.4.2`. */
  readonly id: string;
  /** The rule itself, a sentence. */
  readonly title: string;
  /** What is known of it, one to four sentences. */
  readonly known: string;
  /** Where it is known from, in words for somebody who knows none of our files. */
  readonly sources: readonly string[];
  readonly certainty: Certainty;
  readonly status: RuleStatus;
}
