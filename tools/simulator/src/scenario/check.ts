import type { CallWatch, Moment } from './call-watch.ts';

/** What an expectation is held against. */
export interface Scope {
  readonly watch: CallWatch;
  /** Whether it stands among the steps; otherwise it is about the whole call. */
  readonly isStep: boolean;
  /** What happened earlier does not count: when the step before began, or the call. */
  readonly begin: Moment;
  /** What was heard earlier does not count: when the step before had been said, or the media began. */
  readonly heardFrom: Moment;
}

export interface Outcome {
  readonly passed: boolean;
  /** What was found, whether or not it was expected. */
  readonly found: string;
  /** Nothing that is still to come changes it. */
  readonly isFinal: boolean;
}

/** An expectation that is being looked for. */
export interface Check {
  /** The expectation in words. */
  readonly text: string;
  /**
   * Until when it is worth while to wait, in ms since the call was placed.
   *
   * @param graceMs the same where the expectation itself says nothing of it.
   */
  deadlineMs(graceMs: number): number;
  /** It may come true while the call lasts; otherwise the call is to be over. */
  readonly isLive: boolean;
  look(): Outcome;
}
