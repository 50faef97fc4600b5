/** What production refuses as an NCCO syntax error. */
export interface Complaint {
  /** Number of the rule in the catalogue, such as `2.5.13`. */
  readonly rule: string;
  /** Where in the NCCO, such as `[1].endpoint[0].uri`; empty: the NCCO as a whole. */
  readonly path: string;
  /** The value as JSON, or in a few words; {@link NOTHING} where there is none. */
  readonly found: string;
  /** Continues the sentence "it is not …". */
  readonly allowed: string;
}

/** What is found where a key is missing. */
export const NOTHING = 'nothing';

/** The complaint as one sentence: path, what was found, what is allowed, rule. */
export function complaintText({ rule, path, found, allowed }: Complaint): string {
  const what = found === NOTHING ? `is missing; it is to be ${allowed}` : `${found} is not ${allowed}`;
  return `${path === '' ? 'the NCCO' : path}: ${what} [rule ${rule}]`;
}

/** Gathers what the check of one NCCO finds. */
export class Findings {
  readonly complaints: Complaint[] = [];
  readonly notes: string[] = [];

  complain(rule: string, path: string, found: string, allowed: string): void {
    this.complaints.push({ rule, path, found, allowed });
  }

  note(path: string, sentence: string): void {
    this.notes.push(`${path}: ${sentence}`);
  }
}
