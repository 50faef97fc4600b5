import type { Timeline } from './call-timeline.ts';

/** Problems, and notes, that are told of a call at most: what more there is would be read by nobody. */
const MOST_TOLD = 50;
const AND_MORE = `… and more: the first ${MOST_TOLD} are told`;

/** What is said about an application: what it did wrong, and what is allowed and yet worth knowing. Each sentence once. */
export class Findings {
  readonly problems: string[] = [];
  readonly notes: string[] = [];
  readonly #timeline: Timeline;
  readonly #told = { problem: new Set<string>(), note: new Set<string>() };

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** @param rule the rule that was broken, where it is one of the catalogue. */
  problem(text: string, rule?: string): void {
    this.#tell('problem', this.problems, text, rule);
  }

  note(text: string, rule?: string): void {
    this.#tell('note', this.notes, text, rule);
  }

  #tell(kind: 'problem' | 'note', sentences: string[], text: string, rule: string | undefined): void {
    const told = this.#told[kind];
    const sentence = rule === undefined ? text : `${text} [rule ${rule}]`;
    if (told.size > MOST_TOLD || told.has(sentence)) return;
    told.add(sentence);
    const shown = told.size > MOST_TOLD ? AND_MORE : sentence;
    sentences.push(shown);
    this.#timeline.add(kind, shown);
  }
}
