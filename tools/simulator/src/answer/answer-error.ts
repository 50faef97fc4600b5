import type { HttpFault } from '../webhook/http-exchange.ts';

export type AnswerFault = HttpFault | 'BAD_STATUS' | 'BAD_CONTENT_TYPE' | 'BAD_NCCO';

/** Why there is no NCCO that can be carried out; in a report, the reason why no audio was sent. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly code: AnswerFault;
  /** The rule that the reply broke. */
  readonly rule: string;
  /** What is wrong with the NCCO, a sentence each, with the path of the value that it is about. */
  readonly complaints: readonly string[];

  constructor(code: AnswerFault, rule: string, message: string, complaints: readonly string[] = [], cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.rule = rule;
    this.complaints = complaints;
  }

  /** Vonage tells an application by an error event when it got a document that is no NCCO. */
  get isInvalidNcco(): boolean {
    return this.code === 'BAD_CONTENT_TYPE' || this.code === 'BAD_NCCO';
  }
}
