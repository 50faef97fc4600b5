import type { Timeline } from './call-timeline.ts';

/** What is said about an application: what it did wrong, and what is allowed and yet worth knowing. Each sentence once. */
export class Findings {
  readonly problems: string[] = [];
  readonly notes: string[] = [];
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** @param rule the rule that was broken, where it is one of the catalogue. */
  problem(text: string, rule?: string): void {
    const sentence = rule === undefined ? text : `${text} [rule ${rule}]`;
    if (this.problems.includes(sentence)) return;
    this.problems.push(sentence);
    this.#timeline.add('problem', sentence);
  }

  note(text: string, rule?: string): void {
    const sentence = rule === undefined ? text : `${text} [rule ${rule}]`;
    if (this.notes.includes(sentence)) return;
    this.notes.push(sentence);
    this.#timeline.add('note', sentence);
  }
}
